namespace FaissSdk.Orleans;

/// <summary>The exception that is thrown when a silo has another version of FAISS or FaissSdk than the collection or the request needs, or no native library.</summary>
[GenerateSerializer]
public sealed class ShardVersionException : ShardException
{
    /// <summary>Initializes a new instance.</summary>
    public ShardVersionException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">What happened, and what to do.</param>
    public ShardVersionException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and a cause.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ShardVersionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
