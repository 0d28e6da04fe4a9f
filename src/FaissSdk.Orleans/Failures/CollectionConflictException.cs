namespace FaissSdk.Orleans;

/// <summary>The exception that is thrown when another caller has changed the collection meanwhile, or it is not in the state that the call needs.</summary>
[GenerateSerializer]
public sealed class CollectionConflictException : ShardException
{
    /// <summary>Initializes a new instance.</summary>
    public CollectionConflictException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">What happened, and what to do.</param>
    public CollectionConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and a cause.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public CollectionConflictException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
