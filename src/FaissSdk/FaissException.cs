namespace FaissSdk;

/// <summary>FAISS refused a call or failed in it; the message holds FAISS's own.</summary>
public sealed class FaissException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public FaissException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What went wrong.</param>
    public FaissException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public FaissException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal FaissException(string message, int code)
        : base(message) => Code = code;

    /// <summary>The code the C API returned: −2 for an exception of FAISS, −4 for one of the C++ standard library, −1 for any other.</summary>
    public int Code { get; }
}
