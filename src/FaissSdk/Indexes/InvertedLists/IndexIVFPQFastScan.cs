using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores vectors as product codes of 4 bits, in inverted lists of blocks that are compared with SIMD instructions (FAISS: <c>IndexIVFPQFastScan</c>; factory string <c>IVF256,PQ16x4fs</c>).</summary>
public sealed unsafe class IndexIVFPQFastScan : IndexIVF
{
    private const int CodeBits = 4;

    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_sdk_ivf_pq_fast_scan_new), $"Constructing an {nameof(IndexIVFPQFastScan)}");

    /// <summary>Initializes a new instance without vectors, which has to be trained.</summary>
    /// <param name="quantizer">The index that assigns vectors to lists. It is kept alive, and changed through this one from now on.</param>
    /// <param name="lists">The number of lists (FAISS: <c>nlist</c>).</param>
    /// <param name="m">The number of parts of a vector that are coded separately, M; it divides the dimension.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="encodeResidual"><see langword="true"/> to store the difference from the centroid, for more precise distances in more time; <see langword="false"/> to store the vector.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer <paramref name="quantizer"/> to this index, which frees it; the object is disposed.</param>
    /// <exception cref="ArgumentException"><paramref name="quantizer"/> compares otherwise than by L2 or inner product, has ids that are not list numbers, or cannot reconstruct centroids or compares by another metric where vectors are stored as differences from them; or <paramref name="m"/> does not divide the dimension.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lists"/> or <paramref name="m"/> is less than 1, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="quantizer"/> is to be transferred, and another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="quantizer"/> is disposed.</exception>
    public IndexIVFPQFastScan(FaissIndex quantizer, int lists, int m, MetricType metric = MetricType.L2, bool encodeResidual = false, bool takeOwnership = false)
        : base(New(quantizer, lists, m, metric, encodeResidual), quantizer, takeOwnership)
    {
    }

    internal IndexIVFPQFastScan(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the number of parts of a vector that are coded separately, M.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int M => (int)ReadSetting(IndexSetting.Subquantizers);

    private static IndexHandle New(FaissIndex quantizer, int lists, int m, MetricType metric, bool encodeResidual)
    {
        using var coarse = AcquireQuantizer(quantizer, lists, metric);
        CheckQuantizer(coarse.Pointer, lists, encodeResidual, metric, quantizer.Metric);
        ProductCodes.Check(quantizer.Dimension, m, CodeBits, nameof(m));
        NewFunction.Require();
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_ivf_pq_fast_scan_new(&created, coarse.Pointer, (nuint)lists, (nuint)m, (FaissMetricType)metric, encodeResidual ? 1 : 0));
        return IndexCreation.Checked(created, nameof(IndexIVFPQFastScan), metric, nameof(quantizer));
    }
}
