using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores each component of a vector in few bits, in inverted lists (FAISS: <c>IndexIVFScalarQuantizer</c>).</summary>
public sealed unsafe class IndexIVFScalarQuantizer : IndexIVF
{
    private static readonly OptionalFunction CodecFunction = new(nameof(FaissNative.faiss_IndexIVFScalarQuantizer_sq));
    private static readonly OptionalFunction TrainResidualFunction = new(nameof(FaissNative.faiss_IndexIVFScalarQuantizer_train_residual));

    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="quantizer">The index that assigns vectors to lists. It is kept alive, and changed through this one from now on.</param>
    /// <param name="lists">The number of lists (FAISS: <c>nlist</c>).</param>
    /// <param name="type">The type, which determines how a component is stored.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="encodeResidual"><see langword="true"/> to store the difference from the centroid; <see langword="false"/> to store the vector.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer <paramref name="quantizer"/> to this index, which frees it; the object is disposed.</param>
    /// <exception cref="ArgumentException"><paramref name="quantizer"/> compares otherwise than by L2 or inner product.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lists"/> is less than 1, <paramref name="type"/> is not a member of <see cref="ScalarQuantizerType"/>, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="ArgumentException"><paramref name="quantizer"/> has ids that are not list numbers, or vectors are stored as differences from centroids and it cannot reconstruct them or compares by another metric.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS does not support <paramref name="type"/>.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="quantizer"/> is to be transferred, and another index is made of it.</exception>
    /// <exception cref="FaissException">The type does not support the dimension.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="quantizer"/> is disposed.</exception>
    public IndexIVFScalarQuantizer(
        FaissIndex quantizer, int lists, ScalarQuantizerType type, MetricType metric = MetricType.L2, bool encodeResidual = true, bool takeOwnership = false)
        : base(New(quantizer, lists, type, metric, encodeResidual), quantizer, takeOwnership)
    {
    }

    internal IndexIVFScalarQuantizer(IndexHandle handle, string? description)
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
            return new ScalarQuantizer(this, FaissNative.faiss_IndexIVFScalarQuantizer_sq(index.Pointer));
        }
    }

    /// <summary>Adds vectors to given lists.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater; empty to number them from <see cref="FaissIndex.Count"/>.</param>
    /// <param name="lists">The list of each vector (n).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or a vector is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list, or an id is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it has a hash table (<see cref="DirectMapType"/>).</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddToLists(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, ReadOnlySpan<long> lists)
    {
        using var index = Handle.AcquireToChange(this);
        var count = CheckAddWithLists(index.Pointer, vectors, ids, lists);
        if (count == 0)
        {
            return;
        }

        fixed (float* x = vectors)
        fixed (long* xids = ids, assign = lists)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVFScalarQuantizer_add_core(index.Pointer, count, x, xids, assign));
        }

        Memory.Add(count);
    }

    /// <summary>Trains the codec separately from the quantizer, as FAISS before 1.8.0 does; later versions use <see cref="IndexIVF.TrainEncoder"/>.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="vectors">The training vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length is 0 or not a multiple of <see cref="FaissIndex.Dimension"/>, or a vector is not finite.</exception>
    /// <exception cref="InvalidOperationException">The quantizer is not trained, another index is made of this one, or it holds vectors whose codes training would change.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is 1.8.0 or newer.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TrainResidual(ReadOnlySpan<float> vectors)
    {
        using var index = Handle.AcquireToChange(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        if (count == 0)
        {
            throw new ArgumentException("vectors is empty; training needs at least one vector.", nameof(vectors));
        }

        CheckWritable();
        CheckEncoderTraining(vectors);
        CheckHoldsNoCodes(index.Pointer);
        TrainResidualFunction.Require();
        if (Quantizer.Count != NList)
        {
            throw new InvalidOperationException($"The quantizer holds {Quantizer.Count} centroids for {NList} lists; train it first.");
        }

        using var settings = Handle.WriteSettings(MayTrainByNestedLists);
        using var probes = MayTrainByNestedLists ? TrainingProbes.Widen(index.Pointer) : null;
        fixed (float* x = vectors)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVFScalarQuantizer_train_residual(index.Pointer, count, x));
        }
    }

    // FAISS refuses a file of a trained encoder in an index that is not trained.
    private protected override bool CanSaveUntrained(NativeIndex* index) => HasFlatQuantizer(index) && NativeParts.Of(index).Fact("encoder_values", 0) == 0;

    private static IndexHandle New(FaissIndex quantizer, int lists, ScalarQuantizerType type, MetricType metric, bool encodeResidual)
    {
        using var coarse = AcquireQuantizer(quantizer, lists, metric);
        CheckQuantizer(coarse.Pointer, lists, encodeResidual, metric, quantizer.Metric);
        ScalarQuantizer.CheckType(type, nameof(type));
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexIVFScalarQuantizer_new_with_metric(
            &created, coarse.Pointer, (nuint)quantizer.Dimension, (nuint)lists, (FaissQuantizerType)type, (FaissMetricType)metric, encodeResidual ? 1 : 0));
        return new IndexHandle(created, &FaissNative.faiss_IndexIVFScalarQuantizer_free);
    }
}
