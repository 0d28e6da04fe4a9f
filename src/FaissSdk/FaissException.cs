namespace FaissSdk;

/// <summary>The exception that is thrown when a call of FAISS fails; <see cref="Exception.Message"/> contains FAISS's error text.</summary>
public sealed class FaissException : Exception
{
    /// <summary>Initializes a new instance without a message.</summary>
    public FaissException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">The message that describes the error.</param>
    public FaissException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and the exception that caused it.</summary>
    /// <param name="message">The message that describes the error.</param>
    /// <param name="innerException">The exception that caused this one.</param>
    public FaissException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal FaissException(string message, FaissErrorCode code)
        : base(message) => Code = code;

    /// <summary>Gets the kind of C++ exception that the C API reported.</summary>
    public FaissErrorCode Code { get; }
}
