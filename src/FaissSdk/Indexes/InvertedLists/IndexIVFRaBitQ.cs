using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores each component of the difference between a vector and its centroid in one or a few bits, in inverted lists (FAISS: <c>IndexIVFRaBitQ</c>; factory string <c>IVF256,RaBitQ</c>). Rotate the vectors first, as in <c>RR64,IVF256,RaBitQ</c>.</summary>
public sealed unsafe class IndexIVFRaBitQ : IndexIVF
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_sdk_ivf_rabitq_new), $"Constructing an {nameof(IndexIVFRaBitQ)}");

    /// <summary>Initializes a new instance without vectors, which has to be trained.</summary>
    /// <param name="quantizer">The index that assigns vectors to lists. It is kept alive, and changed through this one from now on.</param>
    /// <param name="lists">The number of lists (FAISS: <c>nlist</c>).</param>
    /// <param name="nBits">The number of bits of a component, from 1 to 9; more than 1 needs FAISS 1.13.1.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer <paramref name="quantizer"/> to this index, which frees it; the object is disposed.</param>
    /// <exception cref="ArgumentException"><paramref name="quantizer"/> compares by another metric than <paramref name="metric"/>, has ids that are not list numbers, or cannot reconstruct centroids.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lists"/> is less than 1, <paramref name="nBits"/> is less than 1 or greater than 9, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="quantizer"/> is to be transferred, and another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.11.0, or older than 1.13.1 and <paramref name="nBits"/> is not 1, or the library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="quantizer"/> is disposed.</exception>
    public IndexIVFRaBitQ(FaissIndex quantizer, int lists, int nBits = 1, MetricType metric = MetricType.L2, bool takeOwnership = false)
        : base(New(quantizer, lists, nBits, metric), quantizer, takeOwnership)
    {
    }

    internal IndexIVFRaBitQ(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the number of bits of a component.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int NBits => (int)ReadSetting(IndexSetting.CodeBits);

    /// <summary>Gets or sets the number of bits of a component of a query, from 1 to 8, or 0 to compare queries as they are (FAISS: <c>qb</c>; 4 by default). It may be set at any time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or greater than 8.</exception>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int QueryBits
    {
        get => (int)ReadSetting(IndexSetting.QueryBits);
        set
        {
            RaBitCodes.CheckQueryBits(value);
            WriteSetting(IndexSetting.QueryBits, value);
        }
    }

    private static IndexHandle New(FaissIndex quantizer, int lists, int nBits, MetricType metric)
    {
        using var coarse = AcquireQuantizer(quantizer, lists, metric);
        CheckQuantizer(coarse.Pointer, lists, encodesResiduals: true, metric, quantizer.Metric);
        RaBitCodes.Check(nBits, metric);
        FactoryVersions.ThrowIfNewer($"IVF{lists},{RaBitCodes.Describe(nBits)}");
        NewFunction.Require();
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_ivf_rabitq_new(&created, coarse.Pointer, (nuint)lists, (FaissMetricType)metric, nBits));
        return IndexCreation.Checked(created, nameof(IndexIVFRaBitQ), metric, nameof(quantizer));
    }
}
