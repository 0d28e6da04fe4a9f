using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>What an index is made of, as far as the cast functions tell.</summary>
internal static unsafe class IndexStructure
{
    /// <summary>Whether it looks a label up; other kinds read beyond their storage when asked for one they do not have.</summary>
    public static bool LooksUpLabels(Interop.FaissIndex* index)
    {
        while (FaissNative.faiss_IndexPreTransform_cast(index) != null)
        {
            index = FaissNative.faiss_IndexPreTransform_index(index);
        }

        return WithoutLabels(index) != index || FaissNative.faiss_IndexIVF_cast(index) != null;
    }

    /// <summary>Whether inverted lists are under its transforms and labels.</summary>
    public static bool HoldsInvertedLists(Interop.FaissIndex* index)
    {
        var inner = index;
        do
        {
            index = inner;
            inner = WithoutLabels(index);
            inner = FaissNative.faiss_IndexPreTransform_cast(inner) != null ? FaissNative.faiss_IndexPreTransform_index(inner) : inner;
        }
        while (inner != index);
        return FaissNative.faiss_IndexIVF_cast(index) != null;
    }

    private static Interop.FaissIndex* WithoutLabels(Interop.FaissIndex* index) =>
        FaissNative.faiss_IndexIDMap2_cast(index) != null ? FaissNative.faiss_IndexIDMap2_sub_index(index)
        : FaissNative.faiss_IndexIDMap_cast(index) != null ? FaissNative.faiss_IndexIDMap_sub_index(index)
        : index;
}
