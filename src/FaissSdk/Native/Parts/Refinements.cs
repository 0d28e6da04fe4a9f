using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Checks what refining indexes need of their refinements: FAISS computes distances to single vectors within a parallel region, where it cannot fail without ending the process.</summary>
internal static unsafe class Refinements
{
    // Classes of codes that compute such distances in all versions.
    private static readonly string[] Codes =
    [
        "IndexScalarQuantizer", "IndexPQ", "IndexResidualQuantizer", "IndexLocalSearchQuantizer", "IndexProductResidualQuantizer", "IndexProductLocalSearchQuantizer", "IndexRaBitQ", "IndexEDEN",
    ];

    /// <summary>Returns why FAISS would fail with a refinement; <see langword="null"/> if no reason is known.</summary>
    public static string? FaultOf(IndexPart refinement) => KnownDefects.RefinementsWithoutDistances.IsPresent && !ComputesDistances(refinement)
        ? $"The refinement ({refinement.Class}) computes no distances to single vectors by {refinement.Metric}, and FAISS would end the process: refine by Flat (RFlat), SQ8 or PQ16."
        : null;

    /// <summary>Throws if inverted lists by which an index refines hold vectors, and do not find them by their numbers.</summary>
    /// <exception cref="InvalidOperationException">The lists have no direct map.</exception>
    public static void CheckFindsVectors(IndexPart lists)
    {
        var index = (NativeIndex*)lists.Object;
        if (FaissNative.faiss_Index_ntotal(index) > 0 && !NativeParts.Of(index).HoldsDirectMap)
        {
            throw new InvalidOperationException($"The index refines by inverted lists ({lists.Class}), which find a vector by its number only with a direct map: call {nameof(FaissIndex.MakeDirectMap)} first, or refine by SQ8.");
        }
    }

    private static bool ComputesDistances(IndexPart part)
    {
        if (!part.IsKnown || part.IsFlat || Codes.Contains(part.Class))
        {
            return true;
        }

        if (part.Class == "IndexPreTransform" && part.Parts.FirstOrDefault(inner => inner.Role == "index") is { } transformed)
        {
            return ComputesDistances(transformed);
        }

        if (!KnownDefects.SingleDistances.IsPresent)
        {
            if (part.Class is "IndexLSH" or "IndexLattice")
            {
                return true;
            }

            if (part.Class.StartsWith("IndexHNSW", StringComparison.Ordinal) && part.Parts.FirstOrDefault(inner => inner.Role == "storage") is { } storage)
            {
                return ComputesDistances(storage);
            }
        }

        // Lists are asked for their direct map before each search.
        return part.HoldsLists ? part.Metric == MetricType.L2 || part.Class is "IndexIVFRaBitQ" or "IndexIVFEDEN"
            : part.Class is not ("IndexLSH" or "IndexLattice") && part.Metric == MetricType.L2 && part.Reconstructs && !part.ReconstructsWrongly;
    }
}
