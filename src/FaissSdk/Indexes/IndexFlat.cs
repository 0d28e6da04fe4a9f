using System.Numerics.Tensors;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores vectors unchanged and compares every query with all of them: exact search (FAISS: <c>IndexFlat</c>).</summary>
public unsafe class IndexFlat : FaissIndex
{
    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="metric">The metric.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, or <paramref name="metric"/> is not a metric or is <see cref="MetricType.Lp"/>.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version does not have <paramref name="metric"/>.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexFlat(int dimension, MetricType metric)
        : this(New(dimension, metric))
    {
    }

    internal IndexFlat(IndexHandle handle)
        : base(handle)
    {
    }

    /// <summary>Returns a copy of the vectors, row-major (n × d).</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <returns>The vectors.</returns>
    /// <exception cref="InvalidOperationException">The vectors exceed the size of an array.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] CopyVectors()
    {
        using var index = Handle.Acquire(this);
        if (StoresLevels)
        {
            var components = FaissNative.faiss_Index_ntotal(index.Pointer) * Dimension;
            return components <= Array.MaxLength ? ReconstructRange(0, (int)(components / Dimension)) : throw TooLarge(components);
        }

        float* vectors;
        nuint size;
        FaissNative.faiss_IndexFlat_xb(index.Pointer, &vectors, &size);
        return size <= (nuint)Array.MaxLength ? new ReadOnlySpan<float>(vectors, (int)size).ToArray() : throw TooLarge((long)size);
    }

    /// <summary>Computes the distances of each query to given vectors.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n × k); −1 for none. The length gives k.</param>
    /// <param name="distances">Receives the distances (n × k), squared for <see cref="MetricType.L2"/>, or the inner products; for id −1 the largest number, or the least for <see cref="MetricType.InnerProduct"/>.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not the id of a vector.</exception>
    /// <exception cref="FaissException">The index compares otherwise than by L2 or inner product.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ComputeDistanceSubset(ReadOnlySpan<float> queries, ReadOnlySpan<long> ids, Span<float> distances)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        VectorShape.CheckLength(distances.Length, ids.Length, nameof(distances));
        VectorShape.CheckDisjoint<float, float>(queries, distances, nameof(distances));
        VectorShape.CheckDisjoint<long, float>(ids, distances, nameof(distances));
        if (count == 0 ? ids.Length != 0 : ids.Length % count != 0)
        {
            throw new ArgumentException($"ids has length {ids.Length}, which is not a multiple of the {count} queries.", nameof(ids));
        }

        var held = FaissNative.faiss_Index_ntotal(index.Pointer);
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(id, -1, nameof(ids));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, held, nameof(ids));
        }

        if (ids.IsEmpty)
        {
            return;
        }

        fixed (float* x = queries, d = distances)
        fixed (long* l = ids)
        {
            if (StoresLevels)
            {
                ComputeFromLevels(index.Pointer, queries, ids, distances);
                return;
            }

            Status.ThrowIfFailed(FaissNative.faiss_IndexFlat_compute_distance_subset(index.Pointer, count, x, ids.Length / count, d, l));
        }

        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0)
            {
                distances[i] = NoDistance;
            }
        }
    }

    // A flat index stores vectors as they are, NaN and infinity included.
    private protected override bool NeedsFinite => false;

    private float NoDistance => Metric.IsSimilarity() ? float.MinValue : float.MaxValue;

    private bool StoresLevels => KnownDefects.LevelsReadAsVectors.IsPresent && Parts.StoresLevels;

    private protected override bool ReconstructsInOrder => true;

    private protected override bool ComputesResidualsInOrder => true;

    private protected override FaissIndex CloneCore(NativeIndex* index) => StoresLevels ? base.CloneCore(index) : CloneNatively(index);

    private void ComputeFromLevels(NativeIndex* index, ReadOnlySpan<float> queries, ReadOnlySpan<long> ids, Span<float> distances)
    {
        var perQuery = ids.Length / (queries.Length / Dimension);
        var vector = new float[Dimension];
        fixed (float* v = vector)
        {
            for (var i = 0; i < ids.Length; i++)
            {
                distances[i] = NoDistance;
                if (ids[i] >= 0)
                {
                    Status.ThrowIfFailed(FaissNative.faiss_Index_reconstruct(index, ids[i], v));
                    var query = queries.Slice(i / perQuery * Dimension, Dimension);
                    distances[i] = Metric == MetricType.InnerProduct ? TensorPrimitives.Dot(query, vector) : SquaredDistance(query, vector);
                }
            }
        }
    }

    private static float SquaredDistance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0f;
        for (var i = 0; i < x.Length; i++)
        {
            var difference = x[i] - y[i];
            sum += difference * difference;
        }

        return sum;
    }

    private InvalidOperationException TooLarge(long size) => new($"The index holds {size} components, more than an array does; use {nameof(ReconstructRange)} for a part.");

    private static IndexHandle New(int dimension, MetricType metric)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        CheckMetric(metric);
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexFlat_new_with(&created, dimension, (FaissMetricType)metric));
        return new IndexHandle(created, &FaissNative.faiss_IndexFlat_free);
    }
}
