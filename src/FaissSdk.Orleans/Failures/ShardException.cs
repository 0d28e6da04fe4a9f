namespace FaissSdk.Orleans;

/// <summary>The exception that is thrown when a call of a collection on a cluster fails; its message says why, and what to do.</summary>
[GenerateSerializer]
public class ShardException : Exception
{
    /// <summary>Initializes a new instance.</summary>
    public ShardException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">What happened, and what to do.</param>
    public ShardException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and a cause.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ShardException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
