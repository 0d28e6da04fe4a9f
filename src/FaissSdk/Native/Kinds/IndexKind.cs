using FaissSdk.Interop;

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

    /// <summary>Returns the inverted lists under transforms and ID maps, or null.</summary>
    public static unsafe NativeIndex* InvertedLists(NativeIndex* index)
    {
        var innermost = Innermost(index);
        return FaissNative.faiss_IndexIVF_cast(innermost) != null ? innermost : null;
    }

    /// <summary>Returns the index under all transforms and ID maps; the index itself if there are none.</summary>
    public static unsafe NativeIndex* Innermost(NativeIndex* index)
    {
        for (var inner = Inner(index); inner != null; inner = Inner(index))
        {
            index = inner;
        }

        return index;
    }

    // FAISS derives IndexIDMap2 from IndexIDMap, so that the functions of the base class serve both.
    private static unsafe NativeIndex* Inner(NativeIndex* index) =>
        FaissNative.faiss_IndexPreTransform_cast(index) != null ? FaissNative.faiss_IndexPreTransform_index(index)
        : FaissNative.faiss_IndexIDMap_cast(index) != null ? FaissNative.faiss_IndexIDMap_sub_index(index)
        : null;
}
