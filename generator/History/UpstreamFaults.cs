namespace FaissSdk.Generator;

/// <summary>Functions that FAISS declares and does not define, each with the reason; a library that lacks another one is at fault itself.</summary>
internal static class UpstreamFaults
{
    public static IReadOnlyDictionary<string, string> NeverDefined { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["faiss_IndexIVFScalarQuantizer_new"] = "declared in IndexScalarQuantizer_c.h, defined nowhere",
        ["faiss_IndexIVFScalarQuantizer_new_with"] = "defined with size_t where idx_t is declared, and so under a C++ name",
        ["faiss_IOReader_free"] = "declared by impl/io_c.h, defined nowhere",
        ["faiss_IOWriter_free"] = "declared by impl/io_c.h, defined nowhere",
        ["faiss_IndexReplicas_own_fields"] = "still declared by IndexReplicas_c.h, where FAISS defines own_indices instead",
        ["faiss_IndexReplicas_set_own_fields"] = "still declared by IndexReplicas_c.h, where FAISS defines set_own_indices instead",
    };
}
