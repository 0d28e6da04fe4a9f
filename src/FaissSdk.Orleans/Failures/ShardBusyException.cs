namespace FaissSdk.Orleans;

/// <summary>The exception that is thrown when the queue of native calls of a silo is full. Repeat the call later, or on another silo.</summary>
[GenerateSerializer]
public sealed class ShardBusyException : ShardException
{
    /// <summary>Initializes a new instance.</summary>
    public ShardBusyException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">What happened, and what to do.</param>
    public ShardBusyException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and a cause.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ShardBusyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
