using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>What an index is made of, as far as the cast functions and the factory string tell.</summary>
/// <param name="LooksUpLabels">Whether it looks a label up; other kinds read beyond their storage when asked for one they do not have.</param>
/// <param name="TranslatesLabels">Whether an ID map is in it, which changes search parameters for the length of a search.</param>
/// <param name="HoldsInvertedLists">Whether inverted lists are in it.</param>
/// <param name="EndsProcessInSearch">Whether a search throws where nothing can catch it.</param>
internal readonly record struct IndexStructure(bool LooksUpLabels, bool TranslatesLabels, bool HoldsInvertedLists, bool EndsProcessInSearch)
{
    public static unsafe IndexStructure Of(Interop.FaissIndex* index, MetricType metric, string? description)
    {
        var (looksUp, translates, lists) = (false, false, description?.Contains("IVF", StringComparison.Ordinal) == true);
        for (Interop.FaissIndex* inner; index != null; index = inner)
        {
            var map = FaissNative.faiss_IndexIDMap2_cast(index) != null || FaissNative.faiss_IndexIDMap_cast(index) != null;
            translates |= map;
            inner = Inner(index);
            var inverted = FaissNative.faiss_IndexIVF_cast(index) != null;
            lists |= inverted;
            looksUp |= map || inverted;
        }

        // Inverted lists that know only L2 and inner product throw inside a parallel region, which before 1.15.0 ends the process.
        var ends = lists && metric is not (MetricType.L2 or MetricType.InnerProduct) && !FaissLibrary.IsAtLeast(1, 15, 0);
        return new IndexStructure(looksUp, translates, lists, ends);
    }

    /// <summary>Refuses what fails with fast-scan lists before 1.15.0, mostly by an exception that nothing can catch.</summary>
    public static unsafe void CheckNotFastScan(Interop.FaissIndex* index, string what)
    {
        if (FaissLibrary.IsAtLeast(1, 15, 0))
        {
            return;
        }

        var lists = InvertedLists(index);
        if (lists != null && NativeKind.Of(lists) is "IwPf" or "IVLf" or "IVRf" or "NPLf" or "NPRf")
        {
            FaissLibrary.RequireVersion(1, 15, 0, $"{what} with fast-scan lists");
        }
    }

    /// <summary>The inverted lists under transforms and ID maps, or null.</summary>
    public static unsafe Interop.FaissIndex* InvertedLists(Interop.FaissIndex* index)
    {
        while (index != null && FaissNative.faiss_IndexIVF_cast(index) == null)
        {
            index = Inner(index);
        }

        return index;
    }

    /// <summary>What is under transforms and ID maps.</summary>
    public static unsafe Interop.FaissIndex* Innermost(Interop.FaissIndex* index)
    {
        for (var inner = Inner(index); inner != null; inner = Inner(index))
        {
            index = inner;
        }

        return index;
    }

    /// <summary>What a transform or an ID map is around, or null.</summary>
    public static unsafe Interop.FaissIndex* Inner(Interop.FaissIndex* index) =>
        FaissNative.faiss_IndexPreTransform_cast(index) != null ? FaissNative.faiss_IndexPreTransform_index(index)
        : FaissNative.faiss_IndexIDMap2_cast(index) != null ? FaissNative.faiss_IndexIDMap2_sub_index(index)
        : FaissNative.faiss_IndexIDMap_cast(index) != null ? FaissNative.faiss_IndexIDMap_sub_index(index)
        : null;
}
