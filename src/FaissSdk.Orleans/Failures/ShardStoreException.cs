namespace FaissSdk.Orleans;

/// <summary>The exception that is thrown when the store cannot be read or written: it is read-only, full, or not reachable.</summary>
[GenerateSerializer]
public sealed class ShardStoreException : ShardException
{
    /// <summary>Initializes a new instance.</summary>
    public ShardStoreException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">What happened, and what to do.</param>
    public ShardStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and a cause.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ShardStoreException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
