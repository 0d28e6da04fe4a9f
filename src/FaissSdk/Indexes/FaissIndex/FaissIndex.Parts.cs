using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Guards that depend on the parts of the index, at any depth.</content>
public abstract unsafe partial class FaissIndex
{
    // With parts that the library does not describe, more probes than these may ask for more memory than there is.
    private const double MaxUnseenProbes = 1 << 20;

    /// <summary>Checks the value of a parameter that may belong to a part whose number of lists is unknown, or that no search would read.</summary>
    internal void CheckSetting(string name, double value, string parameter)
    {
        if (double.IsFinite(value) && !ParameterValues.IsRead(Parts, name))
        {
            throw new FaissException($"Fast-scan lists do not read {name}, so that it would have no effect on this {GetType().Name}: leave it out, or limit a search by {nameof(SearchParametersIVF)}.{nameof(SearchParametersIVF.MaxCodes)}.");
        }

        if (KnownDefects.FastScanProbes.IsPresent && value > MaxUnseenProbes && name.Contains("nprobe", StringComparison.Ordinal) && !Parts.IsWhollyKnown)
        {
            throw new ArgumentOutOfRangeException(parameter, value, $"{name} must be from 1 to {MaxUnseenProbes}: this FAISS library does not show how many lists the parts of this {GetType().Name} have.");
        }
    }

    /// <summary>Refreshes what FAISS leaves stale when vectors are removed; called after <see cref="Remove"/> and <see cref="Reset"/>.</summary>
    private protected virtual void RefreshDerivedState(NativeIndex* index)
    {
        foreach (var part in Parts.All)
        {
            if (part.IsIDMap2 && KnownDefects.IDMap2Reset.IsPresent)
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexIDMap2_construct_rev_map((NativeIndex*)part.Object));
            }
            else if (part.IsFlat1D && KnownDefects.OneDimensionalOrder.IsPresent)
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexFlat1D_update_permutation((NativeIndex*)part.Object));
            }
        }
    }

    /// <summary>Throws if the inverted lists of the index or of a part that holds vectors must not be changed.</summary>
    private protected void CheckWritable()
    {
        if (KnownDefects.ListsInFiles.IsPresent && (Parts.HoldsReadOnlyVectors || MayBeMapped))
        {
            throw new InvalidOperationException($"This {GetType().Name}, or a part of it, is mapped from its file, and cannot be changed; load the file without {nameof(IndexReadOptions)}.{nameof(IndexReadOptions.Mmap)}.");
        }

        if (KnownDefects.VectorsInFiles.IsPresent && (Handle.Source & HandleSource.MappedVectors) != 0)
        {
            throw new InvalidOperationException($"The vectors of this {GetType().Name}, or of a part of it, are mapped from their file, and cannot be changed; load the file without {nameof(IndexReadOptions)}.{nameof(IndexReadOptions.MmapVectors)}.");
        }
    }

    /// <summary>Throws if the index cannot take the centroids of a clustering.</summary>
    internal void CheckReceivesCentroids(NativeIndex* index)
    {
        CheckWritable();
        if (Parts.HoldsInvertedLists && NativeParts.Of(index).All.Any(part => part.HoldsHashtable))
        {
            throw new InvalidOperationException($"This {GetType().Name} has a hash table, which centroids would enter by wrong ids; drop it first ({nameof(MakeDirectMap)}).");
        }

        // FAISS trains an untrained index before it adds the centroids.
        if (FaissNative.faiss_Index_is_trained(index) != 0)
        {
            CheckQuantizersFindLists();
        }
    }

    /// <summary>Throws if lists store equal vectors only once, under one of their ids.</summary>
    private void CheckHoldsNoDuplicates(NativeIndex* index, string operation)
    {
        var kinds = KnownDefects.DuplicateIds.Kinds;
        if (KnownDefects.DuplicateIds.IsPresent && Parts.MayHold(kinds) && NativeParts.Of(index).All.Any(part => kinds.Contains(part.Code) && part.Fact("duplicates", 1) > 0))
        {
            throw new NotSupportedException($"{operation} overlooks ids of equal vectors, which these lists (FlatDedup) store once under one id: use IVFn,Flat instead.");
        }
    }

    /// <summary>Empties the tables of equal vectors, which <see cref="Reset"/> leaves: removing all vectors empties them first.</summary>
    private void ForgetDuplicates()
    {
        if (!KnownDefects.DuplicatesAfterReset.IsPresent || !Parts.MayHold(KnownDefects.DuplicatesAfterReset.Kinds))
        {
            return;
        }

        foreach (var lists in Parts.VectorParts.Where(part => KnownDefects.DuplicatesAfterReset.Kinds.Contains(part.Code) && part.Object != 0))
        {
            using var none = new IDSelectorBatch([]);
            using var all = new IDSelectorNot(none);
            using var selector = all.Handle.Acquire(all);
            nuint removed;

            // With a direct map FAISS returns an error, but only after it has emptied the table.
            _ = FaissNative.faiss_Index_remove_ids((NativeIndex*)lists.Object, selector.Pointer, &removed);
        }
    }

    /// <summary>Throws if training would change what the codes that the index holds stand for.</summary>
    private protected void CheckHoldsNoCodes(NativeIndex* index)
    {
        var held = FaissNative.faiss_Index_ntotal(index);
        if (held > 0 && KnownDefects.TrainingOfHeldCodes.IsPresent && NativeParts.Of(index).ChangesByTraining)
        {
            throw new InvalidOperationException($"This {GetType().Name} holds {held} vectors, whose codes would mean other vectors after training; call {nameof(Reset)} first.");
        }
    }

    /// <summary>Throws if training would cluster by a quantizer that may assign a point to no centroid, or add the centroids to lists that have none themselves.</summary>
    private void CheckQuantizersCluster(NativeIndex* index)
    {
        if (!(KnownDefects.UnassignedPoints.IsPresent || KnownDefects.CentroidsInEmptyLists.IsPresent) || Parts.NestedLists.Count == 0)
        {
            return;
        }

        foreach (var part in NativeParts.Of(index).All.Where(part => part.HoldsLists && part.Fact("trains_alone", 0) != (long)QuantizerTraining.Alone))
        {
            foreach (var quantizer in part.Parts.Where(inner => inner.Role == "quantizer" && inner.Count != part.ListCount))
            {
                if (quantizer.Lists.FirstOrDefault(lists => lists.IsTrained && lists.Parts.Any(inner => inner.Role == "quantizer" && inner.Count == 0)) is { } untrained)
                {
                    throw new InvalidOperationException($"Training clusters by the quantizer, and the quantizer of its own lists ({untrained.Class}) holds no centroids: train the quantizer first, or create the index anew.");
                }

                // Otherwise FAISS clusters by a separate flat index, which finds a centroid for every point.
                if (part.Fact("trains_alone", 0) == (long)QuantizerTraining.KMeans && quantizer.Lists.FirstOrDefault(lists => lists.Fact("nprobe", 1) < lists.ListCount) is { } lists)
                {
                    throw new InvalidOperationException($"Training clusters by the quantizer, which probes {lists.Fact("nprobe", 1)} of {lists.ListCount} lists and may find no centroid for a point; set quantizer_nprobe to {lists.ListCount}.");
                }
            }
        }
    }

    /// <summary>Throws if a quantizer may find no list for a vector, which FAISS would count without storing it.</summary>
    private protected void CheckQuantizersFindLists()
    {
        if (!KnownDefects.UnassignedVectors.IsPresent)
        {
            return;
        }

        // Enumerating the lists would allocate at every addition.
        for (var i = 0; i < Parts.NestedLists.Count; i++)
        {
            Quantizers.CheckFindsLists(Parts.NestedLists[i]);
        }

        // FAISS considers lists trained if their encoder needs no training, even if the vectors of the quantizer are not their centroids.
        for (var i = 0; i < Parts.Lists.Count; i++)
        {
            CheckHoldsCentroids((NativeIndex*)Parts.Lists[i].Object);
        }
    }

    /// <summary>Throws if the quantizer of lists does not hold one centroid for each.</summary>
    private protected void CheckHoldsCentroids(NativeIndex* lists)
    {
        var (count, held) = ((long)FaissNative.faiss_IndexIVF_nlist(lists), FaissNative.faiss_Index_ntotal(FaissNative.faiss_IndexIVF_quantizer(lists)));
        if (held != count)
        {
            throw new InvalidOperationException($"The quantizer of this {GetType().Name} (dimension {Dimension}) holds {(held == 0 ? "no" : $"{held:N0}")} centroids for {count:N0} lists: call {nameof(Train)} first.");
        }
    }

    /// <summary>Throws if a shard is empty and another is not, in any part.</summary>
    private void CheckShards()
    {
        if (!KnownDefects.EmptyShard.IsPresent)
        {
            return;
        }

        // Enumerating the lists would allocate at every search.
        for (var i = 0; i < Parts.Shards.Count; i++)
        {
            var shards = Parts.Shards[i].Parts;
            var (empty, filled) = (false, false);
            for (var j = 0; j < shards.Count; j++)
            {
                var shard = shards[j];
                var held = shard.Object == 0 || FaissNative.faiss_Index_ntotal((NativeIndex*)shard.Object) > 0;
                (empty, filled) = (empty || !held, filled || held);
            }

            if (empty && filled)
            {
                KnownDefects.EmptyShard.ThrowIfPresent("Searching shards of which one is empty");
            }
        }
    }

    /// <summary>Gets a value indicating whether the index was mapped from a file, or has a part that was, and the library does not describe lists.</summary>
    private bool MayBeMapped => !NativeParts.DescribesFloats && (Handle.Source & HandleSource.Mapped) != 0;

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
}
