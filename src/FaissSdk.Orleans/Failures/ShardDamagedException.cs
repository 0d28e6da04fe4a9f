namespace FaissSdk.Orleans;

/// <summary>The exception that is thrown when a file of the store is missing, or is not what was written.</summary>
[GenerateSerializer]
public sealed class ShardDamagedException : ShardException
{
    /// <summary>Initializes a new instance.</summary>
    public ShardDamagedException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">What happened, and what to do.</param>
    public ShardDamagedException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and a cause.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ShardDamagedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
