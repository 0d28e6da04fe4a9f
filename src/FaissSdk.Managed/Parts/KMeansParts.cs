namespace FaissSdk;

/// <summary>Represents the points of a k-means that several processes or machines hold in parts; derive from this class to reach them.</summary>
/// <remarks>The points of a part follow those of the part before. Each process holds its points as a <see cref="KMeansPart"/>; a derived class sends what the methods receive to it, and returns what they return.</remarks>
public abstract class KMeansParts
{
    /// <summary>Initializes the points.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="count">The number of points, n, of all parts.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, or <paramref name="count"/> is negative or more than 2³¹ − 1.</exception>
    protected KMeansParts(int dimension, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, int.MaxValue);
        (Dimension, Count) = (dimension, count);
    }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of points of all parts, n.</summary>
    public long Count { get; }

    /// <summary>Gets a text that identifies the points, and that a checkpoint stores.</summary>
    public abstract string Identity { get; }

    /// <summary>Returns the largest <see cref="KMeansPart.MaxSquaredLength"/>.</summary>
    /// <param name="cancellationToken">The token that ends the call.</param>
    public abstract Task<double> GetMaxSquaredLengthAsync(CancellationToken cancellationToken);

    /// <summary>Copies some of the points.</summary>
    /// <param name="rows">The numbers of the points (m), from 0 to n − 1, in any order.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <returns>The points in the order of <paramref name="rows"/>, row-major (m × d).</returns>
    public abstract Task<float[]> CopyPointsAsync(ReadOnlyMemory<int> rows, CancellationToken cancellationToken);

    /// <summary>Sets the weights of all points.</summary>
    /// <param name="weights">The weights (n), or empty.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    public abstract Task SetWeightsAsync(ReadOnlyMemory<float> weights, CancellationToken cancellationToken);

    /// <summary>Assigns the points of all parts to centroids, and passes the sums of all clusters through the parts in their order.</summary>
    /// <param name="centroids">The centroids, row-major (k × d).</param>
    /// <param name="isWeighted">Whether the points have weights.</param>
    /// <param name="options">The options of the training.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <returns>The sums over all points; each cluster is in one of them.</returns>
    public abstract Task<IReadOnlyList<KMeansSums>> SumAsync(ReadOnlyMemory<float> centroids, bool isWeighted, KMeansOptions options, CancellationToken cancellationToken);
}
