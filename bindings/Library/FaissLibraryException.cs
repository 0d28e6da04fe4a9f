namespace FaissSdk;

/// <summary>The native FAISS library was not found or could not be loaded; the message lists every place looked at and what to do.</summary>
public sealed class FaissLibraryException : DllNotFoundException
{
    /// <summary>Creates the exception without a message.</summary>
    public FaissLibraryException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What went wrong.</param>
    public FaissLibraryException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public FaissLibraryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
