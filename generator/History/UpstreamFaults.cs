namespace FaissSdk.Generator;

/// <summary>The functions that FAISS declares but does not define. A library that lacks any other function was built wrongly.</summary>
internal static class UpstreamFaults
{
    /// <summary>Gets the reason for each function, by C name.</summary>
    public static IReadOnlyDictionary<string, string> NeverDefined { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["faiss_IndexIVFScalarQuantizer_new"] = "declared in IndexScalarQuantizer_c.h, but not defined anywhere",
        ["faiss_IndexIVFScalarQuantizer_new_with"] = "defined with size_t instead of the declared idx_t, and therefore under a C++ name",
        ["faiss_IOReader_free"] = "declared by impl/io_c.h, but not defined anywhere",
        ["faiss_IOWriter_free"] = "declared by impl/io_c.h, but not defined anywhere",
        ["faiss_IndexReplicas_own_fields"] = "declared by IndexReplicas_c.h, but FAISS defines faiss_IndexReplicas_own_indices instead",
        ["faiss_IndexReplicas_set_own_fields"] = "declared by IndexReplicas_c.h, but FAISS defines faiss_IndexReplicas_set_own_indices instead",
    };
}
