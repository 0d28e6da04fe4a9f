using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Checks what inverted lists need of their quantizers, and refining indexes of the index that they refine.</summary>
internal static unsafe class Quantizers
{
    private const int MaxFlatBlock = 160;
    private const int UsualBlock = 32;

    /// <summary>Returns whether FAISS would end the process in a search of several queries.</summary>
    public static bool TakesOneQuery(IndexPart whole) => whole.FlatBlock > UsualBlock && KnownDefects.FastScanBlocksOfQueries.IsPresent;

    /// <summary>Returns why FAISS would fail with a part that an index is made of, at any depth; <see langword="null"/> if no reason is known.</summary>
    public static string? FaultOf(IndexPart whole)
    {
        if (whole.FlatBlock > MaxFlatBlock && KnownDefects.FastScanWideBlocks.IsPresent)
        {
            return $"Fast-scan codes outside of inverted lists are searched in blocks of at most {MaxFlatBlock} vectors, and these have {whole.FlatBlock}: use blocks of 32, as in PQ16x4fs.";
        }

        foreach (var part in whole.All)
        {
            foreach (var inner in part.Parts)
            {
                var fault = inner.Role switch
                {
                    "quantizer" when part.IsTrained && part.ListCount > 0 && inner.Count > part.ListCount => $"The quantizer holds {inner.Count} vectors for {part.ListCount} lists.",
                    "quantizer" when KnownDefects.QuantizersOfOtherMetrics.IsPresent && TakesDistancesForProducts(part, inner) =>
                        $"The quantizer compares by {inner.Metric}, and the lists ({part.Class}) by {part.Metric} and store differences to centroids: FAISS takes the distances to centroids for products, which shifts every result. Build the index with a quantizer by {part.Metric}.",
                    "quantizer" => FaultOf(inner, part.EncodesResiduals, part.Fact("nlist", 0)),
                    "refine" when KnownDefects.LevelsReadAsVectors.IsPresent && inner.StoresLevels && part.Class != "IndexRefinePanorama" =>
                        $"The refinement ({inner.Class}) stores levels of vectors, which FAISS reads as whole vectors: refine by Flat (RFlat), or by RefinePanorama.",
                    "refine" when part.Class != "IndexRefinePanorama" && Refinements.FaultOf(inner) is { } reason => reason,
                    "storage" when KnownDefects.CodesWithoutDistances.IsPresent && HasNoDistances(inner) =>
                        $"The graph links vectors by the distances between their codes, and FAISS computes none between those of this {inner.Class}: use HNSWn,SQ8, HNSWn,SQfp16 or HNSWn,SQtqmse4.",
                    "base" when inner.TranslatesIds => "The index to refine contains an ID map, and the ids of its vectors must be positions: put the map around the refining index.",
                    _ => null,
                };
                if (fault is not null)
                {
                    return fault;
                }
            }
        }

        return null;
    }

    /// <summary>Returns whether FAISS computes distances from queries to codes, but none between two codes.</summary>
    private static bool HasNoDistances(IndexPart part) =>
        part.Class is "IndexRaBitQ" or "IndexEDEN" || (part.Class == "IndexScalarQuantizer" && part.Fact("quantizer_type", 0) >= (long)ScalarQuantizerType.TurboQuant2Bit);

    /// <summary>Returns why FAISS would fail with a quantizer; <see langword="null"/> if no reason is known.</summary>
    /// <param name="quantizer">The quantizer.</param>
    /// <param name="encodesResiduals">Whether the lists store the differences from centroids, which the quantizer reconstructs.</param>
    /// <param name="lists">The number of lists.</param>
    public static string? FaultOf(IndexPart quantizer, bool encodesResiduals, long lists)
    {
        if (!KnownDefects.UnsuitableQuantizers.IsPresent)
        {
            return null;
        }

        if (quantizer.TranslatesIds)
        {
            return "The quantizer contains an ID map, and the numbers of lists are the ids that it finds: use the index within the map.";
        }

        if (KnownDefects.RefinementsWithoutDistances.IsPresent && quantizer.RefiningLists.Count > 0)
        {
            return $"The quantizer refines by inverted lists ({quantizer.RefiningLists[0].Class}), which find a centroid by its number only with a direct map: refine by Flat (RFlat) or SQ8.";
        }

        if (TakesOneQuery(quantizer))
        {
            return $"The quantizer ({quantizer.Innermost.Class}) is searched for many vectors at once, which FAISS cannot do with blocks of {quantizer.FlatBlock} vectors: use blocks of {UsualBlock}, as in PQ16x4fs.";
        }

        if (quantizer.VectorParts.Any(part => part.IsShards))
        {
            return "The quantizer consists of shards, which cannot reconstruct centroids: use a single index.";
        }

        if (quantizer.VectorParts.FirstOrDefault(part => part.Fact("links", 0) > 0) is { } graph && lists < GraphLinks.MinVectorsOf(graph))
        {
            return $"The quantizer ({graph.Class}) is an NSG graph, which is built of at least {GraphLinks.MinVectorsOf(graph)} centroids, and there are {lists} lists: use HNSW for fewer.";
        }

        if (quantizer.Metric == MetricType.InnerProduct && (quantizer.ScansFast || (encodesResiduals && quantizer.Class == "ResidualCoarseQuantizer")))
        {
            return $"The quantizer ({quantizer.Class}) {(quantizer.ScansFast ? "finds no list for a vector whose inner products with all centroids are the least possible" : "answers with distances even where the metric is the inner product")}: use another quantizer, such as a flat index or HNSW.";
        }

        if (encodesResiduals && quantizer.DistanceUnit != IndexPart.SquaredDistances)
        {
            return $"The quantizer ({quantizer.Innermost.Class}) measures in {quantizer.DistanceUnit}, and lists that store differences to centroids add its distances to squared ones: use another quantizer, such as a flat index or HNSW.";
        }

        if (encodesResiduals && !(quantizer.Reconstructs && ReconstructsFirst(quantizer)))
        {
            return $"The quantizer ({quantizer.Class}) cannot reconstruct centroids, and the lists store differences to them: use a quantizer that can, such as a flat index or HNSW, refine it (as in IVF64(IVF8,Flat,RFlat),SQ8), or create its direct map.";
        }

        if (KnownDefects.WhitenedCentroids.IsPresent && quantizer.All.Any(part => part is { IsTransform: true, Class: "PCAMatrix", IsTrained: false } && part.Fact("reversible", 1) == 0))
        {
            return "The quantizer contains whitening (PCAW…, PCAWR…) that the centroids would train, and that divides by their standard deviations, which are 0 where they agree: train the quantizer before, or leave whitening out (PCA…).";
        }

        if (KnownDefects.NestedCoarseQuantizers.IsPresent && quantizer.Lists.FirstOrDefault(part => !part.IsTrained && part.Parts.Any(inner => inner is { Role: "quantizer", Class: "ResidualCoarseQuantizer" or "LocalSearchCoarseQuantizer" })) is { } nested)
        {
            return $"The quantizer ({nested.Class}) has an additive quantizer (RCQ…, LSCQ…) of its own, which the centroids would train, and which needs more of them than there may be: train the quantizer before.";
        }

        return quantizer.Count > 0 && quantizer.Lists.FirstOrDefault(part => !NumbersFrom0(part, lists)) is { } numbered
            ? $"The quantizer ({numbered.Class}) holds ids beyond the {lists} lists: add its vectors without ids."
            : null;
    }

    // Product quantizers compute the products with centroids anew, except where they scan fast.
    private static bool TakesDistancesForProducts(IndexPart lists, IndexPart quantizer) =>
        lists.Metric == MetricType.InnerProduct && quantizer.IsKnown && quantizer.Metric != MetricType.InnerProduct
            && lists.EncodesResiduals && lists.Class is not ("IndexIVFPQ" or "IndexIVFPQR");

    /// <summary>Throws if a search of lists within a quantizer may find no vector.</summary>
    /// <exception cref="InvalidOperationException">There may be no vector in the lists that the search visits.</exception>
    public static void CheckFindsLists(IndexPart part)
    {
        if (!part.IsKnown)
        {
            throw new NotSupportedException("This FAISS library does not show whether the quantizer finds a list for every vector, and FAISS would count a vector without list and not store it; use a flat index or HNSW as quantizer.");
        }

        var lists = (NativeIndex*)part.Object;
        var (count, probes, empty) = (FaissNative.faiss_IndexIVF_nlist(lists), FaissNative.faiss_IndexIVF_nprobe(lists), (nuint)0);
        for (nuint list = 0; probes < count && list < count; list++)
        {
            empty += FaissNative.faiss_IndexIVF_get_list_size(lists, list) == 0 ? 1u : 0;
        }

        if (empty >= probes)
        {
            throw new InvalidOperationException($"The quantizer visits {probes} of its {count} lists, of which {empty} are empty, and may find no list for a vector: FAISS would count the vector and not store it. Set quantizer_nprobe to {empty + 1} or more.");
        }
    }

    /// <summary>Returns whether all ids of a part are from 0 to <paramref name="end"/> − 1.</summary>
    public static bool NumbersFrom0(IndexPart part, long end) => IdOutside(part, 0, end - 1) is null;

    /// <summary>Rejects a number to be added to ids that would leave the range of ids.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id would be negative, or too large for 64 bits.</exception>
    public static void CheckShiftedIds(IndexPart source, long addId, string name)
    {
        if (addId != 0 && source.VectorParts.FirstOrDefault(part => part.IsIDMap || part.HoldsLists) is { } mapped)
        {
            var (first, last) = Shiftable(addId);
            ThrowIfShifted(IdOutside(mapped, first, last), addId, name);
        }
    }

    /// <summary>Rejects a number to be added to ids that would leave the range of ids.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id would be negative, or too large for 64 bits.</exception>
    public static void CheckShiftedIds(ReadOnlySpan<long> ids, long addId, string name)
    {
        var (first, last) = Shiftable(addId);
        ThrowIfShifted(IdOutside(ids, first, last), addId, name);
    }

    private static (long First, long Last) Shiftable(long addId) =>
        addId > 0 ? (0, long.MaxValue - addId) : (-Math.Max(addId, -long.MaxValue), long.MaxValue);

    private static void ThrowIfShifted(long? outside, long addId, string name)
    {
        if (outside is { } id)
        {
            throw new ArgumentOutOfRangeException(name, addId, $"The other index holds id {id}, and ids are from 0 to {long.MaxValue}.");
        }
    }

    private static long? IdOutside(IndexPart part, long first, long last)
    {
        var index = (NativeIndex*)part.Object;
        if (index == null)
        {
            return null;
        }

        if (part.IsIDMap)
        {
            long* ids;
            nuint size;
            FaissNative.faiss_IndexIDMap_id_map(index, &ids, &size);
            return IdOutside(new ReadOnlySpan<long>(ids, checked((int)size)), first, last);
        }

        return part.HoldsLists ? IdOutside(index, first, last) : null;
    }

    /// <summary>Returns an id in inverted lists that is negative or not less than <paramref name="end"/>, or <see langword="null"/> if there is none.</summary>
    public static long? IdBeyond(NativeIndex* lists, long end) => IdOutside(lists, 0, end - 1);

    private static long? IdOutside(NativeIndex* lists, long first, long last)
    {
        for (nuint list = 0; list < FaissNative.faiss_IndexIVF_nlist(lists); list++)
        {
            var ids = new long[FaissNative.faiss_IndexIVF_get_list_size(lists, list)];
            fixed (long* xids = ids)
            {
                if (ids.Length > 0)
                {
                    FaissNative.faiss_IndexIVF_invlists_get_ids(lists, list, xids);
                }
            }

            if (IdOutside(ids, first, last) is { } id)
            {
                return id;
            }
        }

        return null;
    }

    private static long? IdOutside(ReadOnlySpan<long> ids, long first, long last)
    {
        foreach (var id in ids)
        {
            if (id < first || id > last)
            {
                return id;
            }
        }

        return null;
    }

    // The classes that reconstruct are known; whether an object of them does depends on its transforms and direct maps as well.
    private static bool ReconstructsFirst(IndexPart quantizer)
    {
        if (quantizer.Object == 0 || quantizer.Count == 0 || !quantizer.IsTrained)
        {
            return true;
        }

        var vector = new float[quantizer.Dimension];
        fixed (float* x = vector)
        {
            return FaissNative.faiss_Index_reconstruct((NativeIndex*)quantizer.Object, 0, x) == 0;
        }
    }
}
