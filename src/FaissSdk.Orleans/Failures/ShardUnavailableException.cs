namespace FaissSdk.Orleans;

/// <summary>The exception that is thrown when no replica of a shard has answered in time, or when several silos were lost while they were at work on the same call.</summary>
[GenerateSerializer]
public sealed class ShardUnavailableException : ShardException
{
    /// <summary>Initializes a new instance.</summary>
    public ShardUnavailableException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">What happened, and what to do.</param>
    public ShardUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and a cause.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ShardUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
