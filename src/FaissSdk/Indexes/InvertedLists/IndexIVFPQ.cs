using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores vectors as product codes, in inverted lists (FAISS: <c>IndexIVFPQ</c>; factory string <c>IVF256,PQ16</c>).</summary>
public sealed unsafe class IndexIVFPQ : IndexIVF
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_sdk_ivf_pq_new), $"Constructing an {nameof(IndexIVFPQ)}");

    /// <summary>Initializes a new instance without vectors, which has to be trained.</summary>
    /// <param name="quantizer">The index that assigns vectors to lists. It is kept alive, and changed through this one from now on.</param>
    /// <param name="lists">The number of lists (FAISS: <c>nlist</c>).</param>
    /// <param name="m">The number of parts of a vector that are coded separately, M; it divides the dimension.</param>
    /// <param name="nBits">The number of bits of the code of a part, from 1 to 24.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="encodeResidual"><see langword="true"/> to store the difference from the centroid; <see langword="false"/> to store the vector.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer <paramref name="quantizer"/> to this index, which frees it; the object is disposed.</param>
    /// <exception cref="ArgumentException"><paramref name="quantizer"/> compares otherwise than by L2 or inner product, has ids that are not list numbers, or cannot reconstruct centroids or compares by another metric where vectors are stored as differences from them; or <paramref name="m"/> does not divide the dimension.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lists"/> or <paramref name="m"/> is less than 1, <paramref name="nBits"/> is less than 1, greater than 24 or too large for the memory of the machine, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="quantizer"/> is to be transferred, and another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="quantizer"/> is disposed.</exception>
    public IndexIVFPQ(
        FaissIndex quantizer, int lists, int m, int nBits = ProductCodes.DefaultBits, MetricType metric = MetricType.L2, bool encodeResidual = true, bool takeOwnership = false)
        : base(New(quantizer, lists, m, nBits, metric, encodeResidual), quantizer, takeOwnership)
    {
    }

    internal IndexIVFPQ(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the number of parts of a vector that are coded separately, M.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int M => (int)ReadSetting(IndexSetting.Subquantizers);

    /// <summary>Gets the number of bits of the code of a part.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int NBits => (int)ReadSetting(IndexSetting.CodeBits);

    /// <summary>Gets or sets a value indicating whether training orders the centroids so that codes of near vectors differ in few bits (FAISS: <c>do_polysemous_training</c>), which takes more than ten times as long and which only the parameter <c>ht</c> needs. It is <see langword="false"/> for a constructor, and <see langword="true"/> for the factory string <c>IVF256,PQ16</c>.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool PolysemousTraining
    {
        get => ReadSetting(IndexSetting.PolysemousTraining) != 0;
        set => WriteSetting(IndexSetting.PolysemousTraining, value ? 1 : 0);
    }

    private static IndexHandle New(FaissIndex quantizer, int lists, int m, int nBits, MetricType metric, bool encodeResidual)
    {
        using var coarse = AcquireQuantizer(quantizer, lists, metric);
        CheckQuantizer(coarse.Pointer, lists, encodeResidual, metric, quantizer.Metric);
        ProductCodes.Check(quantizer.Dimension, m, nBits, nameof(m));
        NewFunction.Require();
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_ivf_pq_new(&created, coarse.Pointer, (nuint)lists, (nuint)m, (nuint)nBits, (FaissMetricType)metric, encodeResidual ? 1 : 0, polysemous: 0));
        return IndexCreation.Checked(created, nameof(IndexIVFPQ), metric, nameof(quantizer));
    }
}
