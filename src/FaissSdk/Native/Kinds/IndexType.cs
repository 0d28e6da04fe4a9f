using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Finds the most specific of the SDK's types for a native index.</summary>
internal static unsafe class IndexType
{
    /// <summary>Wraps an index that the SDK owns from now on.</summary>
    public static FaissIndex Wrap(Interop.FaissIndex* index, string? description) => Wrap(new IndexHandle(index, FreeFunction(index)), description);

    /// <summary>Wraps an index; on failure it is freed.</summary>
    public static FaissIndex Wrap(IndexHandle handle, string? description)
    {
        try
        {
            using var index = handle.Acquire(handle);
            return Wrap(index.Pointer, handle, description);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static FaissIndex Wrap(Interop.FaissIndex* index, IndexHandle handle, string? description)
    {
        if (FaissNative.faiss_IndexFlat1D_cast(index) != null)
        {
            return new IndexFlat1D(handle);
        }

        // The factory of older versions makes a plain flat index where reading a file makes one of the metric's own type; they are the same.
        if (FaissNative.faiss_IndexFlat_cast(index) != null)
        {
            var metric = (MetricType)FaissNative.faiss_Index_metric_type(index);
            return metric == MetricType.L2 || FaissNative.faiss_IndexFlatL2_cast(index) != null ? new IndexFlatL2(handle)
                : metric == MetricType.InnerProduct || FaissNative.faiss_IndexFlatIP_cast(index) != null ? new IndexFlatIP(handle)
                : new IndexFlat(handle);
        }

        return FaissNative.faiss_IndexIVFFlat_cast(index) != null ? new IndexIVFFlat(handle, description)
            : FaissNative.faiss_IndexIVFScalarQuantizer_cast(index) != null ? new IndexIVFScalarQuantizer(handle, description)
            : FaissNative.faiss_IndexIVF_cast(index) != null ? new IndexIVF(handle, description)
            : FaissNative.faiss_IndexScalarQuantizer_cast(index) != null ? new IndexScalarQuantizer(handle, description)
            : FaissNative.faiss_IndexLSH_cast(index) != null ? new IndexLSH(handle, description)
            : FaissNative.faiss_IndexRefineFlat_cast(index) != null ? new IndexRefineFlat(handle, description)
            : FaissNative.faiss_IndexPreTransform_cast(index) != null ? new IndexPreTransform(handle, description)
            : FaissNative.faiss_IndexIDMap2_cast(index) != null ? new IndexIDMap2(handle, description)
            : FaissNative.faiss_IndexIDMap_cast(index) != null ? new IndexIDMap(handle, description)
            : new OtherIndex(handle, description);
    }

    private static delegate*<Interop.FaissIndex*, void> FreeFunction(Interop.FaissIndex* index) =>
        FaissNative.faiss_IndexIVF_cast(index) != null ? &FaissNative.faiss_IndexIVF_free : &FaissNative.faiss_Index_free;
}
