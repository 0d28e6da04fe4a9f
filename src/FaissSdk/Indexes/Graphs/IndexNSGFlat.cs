using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an NSG graph of vectors that are stored unchanged (FAISS: <c>IndexNSGFlat</c>; factory string <c>NSG32,Flat</c>). All vectors are added in one call.</summary>
public sealed class IndexNSGFlat : IndexNSG
{
    private const int MinLinks = 8;

    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="r">The number of links of a vector, from 8 to 4,096.</param>
    /// <param name="metric">The metric.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, <paramref name="r"/> is less than 8 or greater than 4,096, or <paramref name="metric"/> is not a metric or is <see cref="MetricType.Lp"/>.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.15.0.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexNSGFlat(int dimension, int r = 32, MetricType metric = MetricType.L2)
        : base(New(dimension, r, metric), Describe(r))
    {
    }

    internal IndexNSGFlat(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    private static string Describe(int r) => FormattableString.Invariant($"NSG{r},Flat");

    private static IndexHandle New(int dimension, int r, MetricType metric)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfLessThan(r, MinLinks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(r, FactorySizes.MaxLinks);
        return IndexCreation.FromFactory(dimension, Describe(r), metric);
    }
}
