using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores each component of a vector in few bits, and compares every query with all vectors (FAISS: <c>IndexScalarQuantizer</c>).</summary>
public sealed unsafe class IndexScalarQuantizer : FaissIndex
{
    private static readonly OptionalFunction CodecFunction = new(nameof(FaissNative.faiss_IndexScalarQuantizer_sq));

    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="type">The type, which determines how a component is stored.</param>
    /// <param name="metric">The metric.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, <paramref name="type"/> is not a member of <see cref="ScalarQuantizerType"/> or for inverted lists only, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS does not support <paramref name="type"/>.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexScalarQuantizer(int dimension, ScalarQuantizerType type, MetricType metric = MetricType.L2)
        : base(New(dimension, type, metric))
    {
    }

    internal IndexScalarQuantizer(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the codec of the index, which can be used until the index is disposed.</summary>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.15.0.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public ScalarQuantizer Codec
    {
        get
        {
            CodecFunction.Require();
            using var index = Handle.Acquire(this);
            return new ScalarQuantizer(this, FaissNative.faiss_IndexScalarQuantizer_sq(index.Pointer));
        }
    }

    private protected override bool ReconstructsInOrder => true;

    private protected override FaissIndex CloneCore(NativeIndex* index) => CloneNatively(index);

    private protected override bool CanSaveUntrained(NativeIndex* index) => true;

    private static IndexHandle New(int dimension, ScalarQuantizerType type, MetricType metric)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ScalarQuantizer.CheckType(type, nameof(type));
        ArgumentOutOfRangeException.ThrowIfEqual(type, ScalarQuantizerType.ZeroBit);
        if (metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "Scalar quantizers compare by L2 or inner product.");
        }

        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexScalarQuantizer_new_with(&created, dimension, (FaissQuantizerType)type, (FaissMetricType)metric));
        return new IndexHandle(created, &FaissNative.faiss_IndexScalarQuantizer_free);
    }
}
