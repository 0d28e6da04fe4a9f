namespace FaissSdk;

/// <summary>Represents an addition that was canceled after some of its vectors were added.</summary>
public sealed class AddCanceledException : OperationCanceledException
{
    /// <summary>Initializes a new instance of the <see cref="AddCanceledException"/> class.</summary>
    /// <param name="addedCount">The number of vectors that were added: the first ones of the call.</param>
    /// <param name="cancellationToken">The token that canceled the call.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="addedCount"/> is negative.</exception>
    public AddCanceledException(long addedCount, CancellationToken cancellationToken)
        : base($"The addition was canceled after {addedCount} vectors, which the index holds.", cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(addedCount);
        AddedCount = addedCount;
    }

    /// <summary>Gets the number of vectors that were added: the first ones of the call.</summary>
    public long AddedCount { get; }
}
