namespace FaissSdk.Native;

/// <summary>Identifies native indexes that the C API has no class for.</summary>
internal static class IndexKind
{
    private const int CodeLength = 4;

    /// <summary>Returns the four-letter code of the native class, with which a file of the index begins; empty if FAISS cannot write the index.</summary>
    /// <remarks>
    /// The C API casts to a dozen classes; the rest (fast-scan, product, additive and RaBitQ quantizers, graphs) has no function that
    /// names the class. Writing does name it, as every writer begins with the code of its class. So the index is written into a
    /// stream in memory that has room for the code alone: FAISS's next write fails, and it gives up with an exception that the
    /// C API turns into a status. This copies no vector. An index caches its code, since the native class never changes.
    /// </remarks>
    public static unsafe string CodeOf(NativeIndex* index) => CFile.Beginning(index, CodeLength);
}
