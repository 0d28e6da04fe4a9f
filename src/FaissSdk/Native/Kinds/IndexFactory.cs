using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Wraps native indexes as the most specific of the SDK's classes.</summary>
internal static unsafe class IndexFactory
{
    private static readonly OptionalFunction BinaryFlatCast = new(nameof(FaissNative.faiss_IndexBinaryFlat_cast));
    private static readonly OptionalFunction BinaryIVFCast = new(nameof(FaissNative.faiss_IndexBinaryIVF_cast));

    /// <summary>Wraps an index that the SDK owns from now on; on failure it is freed.</summary>
    public static FaissIndex Wrap(NativeIndex* index, string? description) => Wrap(Own(index), description);

    /// <summary>Wraps an index; on failure its handle is disposed.</summary>
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

    /// <summary>Returns the handle of an index that the SDK owns from now on.</summary>
    public static IndexHandle Own(NativeIndex* index) => new(index, FreeFunction(index));

    /// <summary>Wraps a binary index that the SDK owns from now on; on failure it is freed.</summary>
    public static IndexBinary Wrap(FaissIndexBinary* index, HandleSource source = HandleSource.Made)
    {
        var handle = Own(index);
        handle.Source = source;
        return Wrap(handle);
    }

    /// <summary>Wraps a binary index; on failure its handle is disposed.</summary>
    public static IndexBinary Wrap(BinaryIndexHandle handle)
    {
        try
        {
            using var index = handle.Acquire(handle);
            var dimension = FaissNative.faiss_IndexBinary_d(index.Pointer);
            if (dimension < 8 || dimension % 8 != 0)
            {
                throw new FaissException($"The binary index has dimension {dimension}, which is not a positive multiple of 8.");
            }

            return IsFlat(index.Pointer) ? new IndexBinaryFlat(handle)
                : IsIVF(index.Pointer) ? new IndexBinaryIVF(handle)
                : new OtherBinaryIndex(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Returns the handle of a binary index that the SDK owns from now on.</summary>
    public static BinaryIndexHandle Own(FaissIndexBinary* index) => new(index, FreeFunction(index));

    private static FaissIndex Wrap(NativeIndex* index, IndexHandle handle, string? description)
    {
        if (FaissNative.faiss_IndexFlat1D_cast(index) != null)
        {
            return new IndexFlat1D(handle);
        }

        // In some versions FAISS's factory creates a plain IndexFlat, and reading a file creates the metric's own class; both hold the same vectors.
        if (FaissNative.faiss_IndexFlat_cast(index) != null)
        {
            var metric = (MetricType)FaissNative.faiss_Index_metric_type(index);
            return metric == MetricType.L2 || FaissNative.faiss_IndexFlatL2_cast(index) != null ? new IndexFlatL2(handle)
                : metric == MetricType.InnerProduct || FaissNative.faiss_IndexFlatIP_cast(index) != null ? new IndexFlatIP(handle)
                : new IndexFlat(handle);
        }

        return FaissNative.faiss_IndexIVFFlat_cast(index) != null ? new IndexIVFFlat(handle, description)
            : FaissNative.faiss_IndexIVFScalarQuantizer_cast(index) != null ? new IndexIVFScalarQuantizer(handle, description)
            : FaissNative.faiss_IndexIVF_cast(index) != null ? WrapLists(IndexKind.CodeOf(index), handle, description)
            : FaissNative.faiss_IndexScalarQuantizer_cast(index) != null ? new IndexScalarQuantizer(handle, description)
            : FaissNative.faiss_IndexLSH_cast(index) != null ? new IndexLSH(handle, description)
            : FaissNative.faiss_IndexRefineFlat_cast(index) != null ? new IndexRefineFlat(handle, description)
            : FaissNative.faiss_IndexPreTransform_cast(index) != null ? new IndexPreTransform(handle, description)
            : FaissNative.faiss_IndexIDMap2_cast(index) != null ? new IndexIDMap2(handle, description)
            : FaissNative.faiss_IndexIDMap_cast(index) != null ? new IndexIDMap(handle, description)
            : WrapOther(index, IndexKind.CodeOf(index), handle, description);
    }

    private static IndexIVF WrapLists(string code, IndexHandle handle, string? description) => code switch
    {
        "IwPQ" => new IndexIVFPQ(handle, description),
        "IwPf" => new IndexIVFPQFastScan(handle, description),
        "Iwrq" or "Iwrr" => new IndexIVFRaBitQ(handle, description),
        _ => new IndexIVF(handle, description),
    };

    private static FaissIndex WrapOther(NativeIndex* index, string code, IndexHandle handle, string? description) => code switch
    {
        "IHNf" => new IndexHNSWFlat(handle, description),
        "IHNp" => new IndexHNSWPQ(handle, description),
        "IHNs" => new IndexHNSWSQ(handle, description),
        "IHN2" or "IHc2" or "IHfP" or "IH00" => new IndexHNSW(handle, description),
        "INSf" => new IndexNSGFlat(handle, description),
        "INSp" or "INSs" => new IndexNSG(handle, description),
        "IxPq" => new IndexPQ(handle, description),
        "IxRq" => new IndexResidualQuantizer(handle, description),
        "Ixrq" or "Ixrr" => new IndexRaBitQ(handle, description),

        // In some versions, the class that is created differs from the one that is read from a file.
        "IxRF" when NativeParts.Of(index).Parts.Any(part => part.Role == "refine" && part.IsFlat) => new IndexRefineFlat(handle, description),
        "IxRF" or "IxRP" => new IndexRefine(handle, description),
        _ => new OtherIndex(handle, description),
    };

    private static delegate*<NativeIndex*, void> FreeFunction(NativeIndex* index) =>
        FaissNative.faiss_IndexIVF_cast(index) != null ? &FaissNative.faiss_IndexIVF_free : &FaissNative.faiss_Index_free;

    private static bool IsFlat(FaissIndexBinary* index) =>
        BinaryFlatCast.IsPresent ? FaissNative.faiss_IndexBinaryFlat_cast(index) != null : BinaryIndexKind.Of(index).IsFlat;

    // FAISS < 1.12.0 has no function for binary inverted lists: an IndexBinaryIVF would have no working member.
    private static bool IsIVF(FaissIndexBinary* index) => BinaryIVFCast.IsPresent && FaissNative.faiss_IndexBinaryIVF_cast(index) != null;

    private static delegate*<FaissIndexBinary*, void> FreeFunction(FaissIndexBinary* index) =>
        BinaryFlatCast.IsPresent && FaissNative.faiss_IndexBinaryFlat_cast(index) != null ? &FaissNative.faiss_IndexBinaryFlat_free
        : IsIVF(index) ? &FaissNative.faiss_IndexBinaryIVF_free
        : &FaissNative.faiss_IndexBinary_free;
}
