using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Inverted lists, refinements and graphs in any part.</content>
public abstract unsafe partial class FaissIndex
{
    // What FAISS allocates for the candidates of one call.
    private const long CandidatesPerCall = 1 << 24;

    /// <summary>Gets a value indicating whether <see cref="MakeDirectMap"/> was called last to create the table.</summary>
    private protected bool KeepsDirectMap { get; private set; }

    /// <summary>Creates the table that finds a vector by its id, which <see cref="Reconstruct(long)"/> needs for inverted lists, or drops it; for the lists of this index or, if it is made of others, of its parts.</summary>
    /// <remarks>Runs alone: beside another call on the index or on its parts, the later one throws an <see cref="InvalidOperationException"/>; <see cref="AsConcurrent"/> waits instead. The table needs ids from 0 to <see cref="Count"/> − 1 in the lists.</remarks>
    /// <param name="maintain"><see langword="true"/> to create the table; <see langword="false"/> to drop it.</param>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, it is mapped from its file, or an id is not between 0 and <see cref="Count"/> − 1.</exception>
    /// <exception cref="NotSupportedException">The index has no inverted lists.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void MakeDirectMap(bool maintain = true)
    {
        using var index = Handle.AcquireToChange(this);
        CheckChangeable(index.Pointer);
        var lists = Parts.Holders.Where(part => part.HoldsLists && part.Object != 0).ToArray();
        if (lists.Length == 0)
        {
            throw new NotSupportedException($"This {GetType().Name} has no inverted lists{(Parts.IsWhollyKnown ? "" : " that the FAISS library describes")}; only those need a direct map.");
        }

        foreach (var part in lists)
        {
            var native = (NativeIndex*)part.Object;
            var count = FaissNative.faiss_Index_ntotal(native);
            if (maintain && KnownDefects.DirectMapIds.IsPresent && Quantizers.IdBeyond(native, count) is { } id)
            {
                throw new InvalidOperationException($"A direct map needs ids from 0 to {count - 1}, and there is {id}.");
            }

            Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_make_direct_map(native, maintain ? 1 : 0));
        }

        KeepsDirectMap = maintain;
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

    /// <summary>Throws if ids of an index that refines by position are no positions, as a file can have them.</summary>
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

    /// <summary>Returns how many queries a call of FAISS may contain: an index that refines allocates memory for each candidate, even for more than it holds, and wide blocks of fast-scan codes take one query.</summary>
    private int QueriesPerCall(NativeIndex* index, int count, long k)
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
        var candidates = Candidates(Parts, Math.Min(k, held));
        return candidates <= Math.Max(CandidatesPerCall, held) ? (int)Math.Clamp(CandidatesPerCall / Math.Max(1, candidates), 1, int.MaxValue)
            : throw new InvalidOperationException(
                $"The refining index searches for {candidates:G3} candidates per query, and holds {held} vectors; set its number of candidates per neighbor ({nameof(IndexRefineFlat.KFactor)}, k_factor_rf or k_factor) to {Math.Max(1, held / Math.Max(1, k))}, which considers all vectors.");
    }

    private static double Candidates(IndexPart part, double k)
    {
        if (!part.Refines)
        {
            return k;
        }

        var factor = part.Factor;
        k = factor >= 1 ? k * factor : factor > 0 ? k : double.PositiveInfinity;

        // Enumerating the list would allocate at every search.
        var candidates = k;
        for (var i = 0; i < part.Parts.Count; i++)
        {
            if (part.Parts[i] is { HoldsVectors: true, Role: not "refine" } inner)
            {
                candidates = Math.Max(candidates, Candidates(inner, k));
            }
        }

        return candidates;
    }
}
