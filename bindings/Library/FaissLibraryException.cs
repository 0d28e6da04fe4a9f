namespace FaissSdk;

/// <summary>The exception that is thrown when the native FAISS library is not found or cannot be loaded. Its message lists every place searched and how to fix the problem.</summary>
public sealed class FaissLibraryException : DllNotFoundException
{
    /// <summary>Initializes a new instance with a default message.</summary>
    public FaissLibraryException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">The message.</param>
    public FaissLibraryException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The exception that caused this one.</param>
    public FaissLibraryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
