using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Inverted lists, refinements and graphs in any part.</content>
public abstract unsafe partial class FaissIndex
{
    // The maximum number of candidates for which FAISS allocates memory in one call.
    private const long CandidatesPerCall = 1 << 24;

    private static readonly OptionalFunction DirectMapFunction = new(nameof(FaissNative.faiss_sdk_make_direct_map), "A direct map as a hash table");

    /// <summary>Gets a value indicating whether <see cref="MakeDirectMap(bool)"/> was called last to create the table.</summary>
    private protected bool KeepsDirectMap { get; private set; }

    /// <summary>Creates the table that finds a vector by its id, which <see cref="Reconstruct(long)"/> needs for inverted lists, or drops it; for the lists of this index or, if it is made of others, of its parts.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="AsConcurrent"/> waits instead. The table needs ids from 0 to <see cref="Count"/> − 1 in the lists.</remarks>
    /// <param name="maintain"><see langword="true"/> to create the table; <see langword="false"/> to drop it.</param>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, it is mapped from its file, or an id is not between 0 and <see cref="Count"/> − 1.</exception>
    /// <exception cref="NotSupportedException">The index has no inverted lists.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void MakeDirectMap(bool maintain = true) => MakeDirectMap(maintain ? DirectMapType.Array : DirectMapType.None);

    /// <summary>Creates the table that finds a vector by its id, or drops it; for the lists of this index or, if it is made of others, of its parts.</summary>
    /// <remarks>
    /// Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>;
    /// <see cref="AsConcurrent"/> waits instead. The table is saved with the index, and copied with it. With a hash table, additions accept
    /// only ids that the index does not hold.
    /// </remarks>
    /// <param name="type">The table. An array needs ids from 0 to <see cref="Count"/> − 1 in the lists, a hash table ids that differ.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a <see cref="DirectMapType"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, it is mapped from its file, an id is not between 0 and <see cref="Count"/> − 1, or (with a hash table) two vectors have the same id.</exception>
    /// <exception cref="NotSupportedException">The index has no inverted lists; or, with a hash table, its lists are fast-scan, Panorama or <c>FlatDedup</c> lists or refine by position, or the library is not from a FaissSdk package.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void MakeDirectMap(DirectMapType type)
    {
        if (!Enum.IsDefined(type))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, $"type is not a {nameof(DirectMapType)}.");
        }

        using var index = Handle.AcquireToChange(this);
        CheckChangeable(index.Pointer);
        var lists = Parts.Holders.Where(part => part.HoldsLists && part.Object != 0).ToArray();
        if (lists.Length == 0)
        {
            throw new NotSupportedException($"This {GetType().Name} has no inverted lists{(Parts.IsWhollyKnown ? "" : " that the FAISS library describes")}; only those need a direct map.");
        }

        foreach (var part in lists)
        {
            MakeDirectMap((NativeIndex*)part.Object, type);
        }

        KeepsDirectMap = type != DirectMapType.None;
    }

    private static void MakeDirectMap(NativeIndex* lists, DirectMapType type)
    {
        if (type == DirectMapType.Hashtable)
        {
            DirectMapFunction.Require();
            long repeated;
            ThrowIfRefused(FaissNative.faiss_sdk_make_direct_map(lists, (int)type, &repeated), "A hash table");
            if (repeated >= 0)
            {
                throw new InvalidOperationException($"A hash table needs ids that differ, and {repeated} is the id of two vectors: remove it, or leave out the table.");
            }

            return;
        }

        var count = FaissNative.faiss_Index_ntotal(lists);
        if (type == DirectMapType.Array && KnownDefects.DirectMapIds.IsPresent && Quantizers.IdBeyond(lists, count) is { } id)
        {
            throw new InvalidOperationException($"A direct map of this type needs ids from 0 to {count - 1}, and there is {id}; a hash table ({nameof(DirectMapType)}.{nameof(DirectMapType.Hashtable)}) accepts any ids.");
        }

        Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_make_direct_map(lists, type == DirectMapType.Array ? 1 : 0));
    }

    /// <summary>Gets a value indicating whether a quantizer may consist of inverted lists, or have some that the library does not show.</summary>
    private protected bool MayTrainByNestedLists => KnownDefects.ResidualsOfNoCentroid.IsPresent && (Parts.NestedLists.Count > 0 || !Parts.IsWhollyKnown);

    private void PrepareGraphs(ReadOnlySpan<float> vectors)
    {
        if (KnownDefects.GraphsOfTies.IsPresent)
        {
            GraphLinks.Prepare(Parts, vectors, nameof(vectors));
        }
    }

    private void PrepareQuantizers(ReadOnlySpan<float> vectors)
    {
        if (KnownDefects.GraphsOfTies.IsPresent)
        {
            GraphLinks.PrepareQuantizers(Parts, vectors);
        }
    }

    /// <summary>Drops repeated links of NSG graphs.</summary>
    private static void CompleteGraphs(IReadOnlyList<IndexPart> graphs)
    {
        if (graphs.Count > 0 && KnownDefects.GraphsOfTies.IsPresent)
        {
            LoadedIndex.Complete(graphs);
        }
    }

    /// <summary>Throws if an index that refines by position has ids that are not positions, as one read from a file can.</summary>
    /// <exception cref="FaissException">An id is not the position of a vector.</exception>
    private void CheckPositions()
    {
        if (!KnownDefects.RefinedProductQuantizerIds.IsPresent || !Parts.All.Any(part => part.RefinesByPosition))
        {
            return;
        }

        foreach (var part in Parts.All.Where(part => part.RefinesByPosition && part.HoldsLists && part.Object != 0))
        {
            var count = FaissNative.faiss_Index_ntotal((NativeIndex*)part.Object);
            if (Quantizers.IdBeyond((NativeIndex*)part.Object, count) is { } id)
            {
                throw new FaissException($"The index refines by position, and holds a vector of id {id}, which is not a position among its {count} vectors; build it anew, with an ID map around it for ids of your own.");
            }
        }
    }

    /// <summary>Throws if a range search would compare with vectors of which the codes have some components only.</summary>
    private void CheckRanges()
    {
        if (KnownDefects.LostComponents.IsPresent && Parts.LosesComponentsInRanges)
        {
            throw new NotSupportedException("A range search decodes the codes, and the index encodes the first components of a vector only, one by each bit; create it with at least as many bits as components, or with a rotation.");
        }
    }

    /// <summary>Returns whether the base of a refining index would be searched within a narrower radius.</summary>
    private bool NarrowsRadius(float radius)
    {
        if (Metric != MetricType.InnerProduct || !(radius > 0) || !KnownDefects.RefinedRadius.IsPresent || !Parts.Refines)
        {
            return false;
        }

        foreach (var part in Parts.Holders)
        {
            if (part.IsRefine && part.Factor > 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Converts the radius to the one that FAISS compares with. One-dimensional indexes compare squared differences in range searches, and refining indexes multiply it; it is rounded so that no vector is lost.</summary>
    private float NativeRadius(float radius) =>
        MeasuresDifferences ? MathF.BitIncrement(radius * radius)
        : NarrowsRadius(radius) ? MathF.BitDecrement(radius / RadiusFactor(Parts))
        : radius;

    /// <summary>Returns by how much refining indexes multiply the radius of a range search before their base is searched.</summary>
    private static float RadiusFactor(IndexPart part)
    {
        var inner = part.Parts.FirstOrDefault(inner => inner.Role is "index" or "base");
        return (part.IsRefine ? Math.Max(1, part.Factor) : 1) * (inner is null ? 1 : RadiusFactor(inner));
    }

    /// <summary>Returns whether the square of a radius would overflow or vanish.</summary>
    private bool SquaresBadly(float radius) => MeasuresDifferences && radius is not (>= 1e-18f and <= 1e19f);

    private bool MeasuresDifferences => KnownDefects.OneDimensionalRanges.IsPresent && Parts.Innermost.IsFlat1D;

    /// <summary>Drops vectors beyond the radius, which refining indexes return, and converts squared differences back.</summary>
    private RangeSearchResult Within(RangeSearchResult found, float radius)
    {
        var squares = MeasuresDifferences;
        if (!squares && !NarrowsRadius(radius) && !(KnownDefects.RefinedRanges.IsPresent && Parts.Refines))
        {
            return found;
        }

        var (counts, ids, distances) = (new int[found.QueryCount], new List<long>(), new List<float>());
        for (var query = 0; query < counts.Length; query++)
        {
            foreach (var neighbor in found[query])
            {
                var distance = squares ? MathF.Sqrt(neighbor.Distance) : neighbor.Distance;
                if (Metric.IsSimilarity() ? distance > radius : distance < radius)
                {
                    counts[query]++;
                    ids.Add(neighbor.Id);
                    distances.Add(distance);
                }
            }
        }

        return RangeSearchResult.Create(counts, [.. ids], [.. distances]);
    }

    /// <summary>Returns the maximum number of queries in a call of FAISS. A refining index allocates memory for every candidate, even for more candidates than vectors, and fast-scan codes in blocks of more than 32 vectors accept one query.</summary>
    private int QueriesPerCall(NativeIndex* index, int count, long k, bool limitsCandidates = false)
    {
        if (Parts.FlatBlock > 0 && Quantizers.TakesOneQuery(Parts))
        {
            return 1;
        }

        if (!Parts.Refines || !KnownDefects.RefineCandidates.IsPresent)
        {
            return count;
        }

        var held = FaissNative.faiss_Index_ntotal(index);
        var candidates = Candidates(Parts, Math.Min(k, held), limitsCandidates);
        return candidates <= Math.Max(CandidatesPerCall, held) ? (int)Math.Clamp(CandidatesPerCall / Math.Max(1, candidates), 1, int.MaxValue)
            : throw new InvalidOperationException(
                $"The refining index searches for {candidates:G3} candidates per query, and holds {held} vectors; set its number of candidates per neighbor ({nameof(IndexRefineFlat.KFactor)}, k_factor_rf or k_factor) to {Math.Max(1, held / Math.Max(1, k))}, which considers all vectors.");
    }

    /// <summary>Returns whether a search for all vectors would have more candidates than a call may have.</summary>
    private bool ExceedsCandidates(long held) => Parts.Refines && Candidates(Parts, held) > Math.Max(CandidatesPerCall, held);

    private static double Candidates(IndexPart part, double k, bool areLimited = false)
    {
        if (!part.Refines)
        {
            return k;
        }

        var factor = areLimited && part.Class is "IndexRefine" or "IndexRefineFlat" ? 1 : part.Factor;
        k = factor >= 1 ? k * factor : factor > 0 ? k : double.PositiveInfinity;

        // Enumerating the list would allocate at every search.
        var candidates = k;
        for (var i = 0; i < part.Parts.Count; i++)
        {
            if (part.Parts[i] is { HoldsVectors: true, Role: not "refine" } inner)
            {
                candidates = Math.Max(candidates, Candidates(inner, k, areLimited));
            }
        }

        return candidates;
    }
}
