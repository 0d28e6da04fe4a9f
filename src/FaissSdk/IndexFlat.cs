using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Keeps vectors as they are and compares every query with all of them: exact search.</summary>
public unsafe class IndexFlat : FaissIndex
{
    /// <summary>Makes an empty index.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="metric">How vectors are compared.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, or <paramref name="metric"/> is no metric or <see cref="MetricType.Lp"/>.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IndexFlat(int dimension, MetricType metric)
        : this(New(dimension, metric))
    {
    }

    internal IndexFlat(IndexHandle handle)
        : base(handle)
    {
    }

    private static IndexHandle New(int dimension, MetricType metric)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        CheckMetric(metric);
        Interop.FaissIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexFlat_new_with(&created, dimension, (FaissMetricType)metric));
        return new IndexHandle(created, &FaissNative.faiss_IndexFlat_free);
    }
}
