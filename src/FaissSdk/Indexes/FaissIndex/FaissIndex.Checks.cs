using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Checks of calls that change the index.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Checks whether vectors can be added or removed.</summary>
    private protected void CheckChangeable(NativeIndex* index)
    {
        CheckWritable();
        CheckTrained(index);
        CheckEncodable();
    }

    private protected virtual void CheckTrained(NativeIndex* index)
    {
        if (FaissNative.faiss_Index_is_trained(index) == 0)
        {
            throw new InvalidOperationException($"This {GetType().Name} (dimension {Dimension}) is not trained: call {nameof(Train)} first.");
        }

        CheckTrainedValues();
    }

    /// <summary>Throws if what the index has learned makes it fail.</summary>
    private protected void CheckTrainedValues()
    {
        if (double.IsInfinity(Parts.Gain))
        {
            throw new InvalidOperationException($"The transforms of this {GetType().Name} (dimension {Dimension}) hold numbers that are not finite, which whitening (PCAW…) makes of vectors that differ too little: create it anew, and train it on others.");
        }

        if (FindEqualLengths() is { } part)
        {
            throw new InvalidOperationException($"This {GetType().Name} (dimension {Dimension}) was trained on vectors of equal lengths in part {part}, and a lattice divides by the range of the lengths; {(TrainsLatticesOnce ? "create it anew, and " : "")}train it on vectors whose lengths differ in every part.");
        }
    }

    /// <summary>Throws if training would leave a lattice as it is, which divides by 0.</summary>
    private void CheckLatticesTrain()
    {
        if (TrainsLatticesOnce && FindEqualLengths() is { } part)
        {
            throw new InvalidOperationException($"This {GetType().Name} (dimension {Dimension}) was trained on vectors of equal lengths in part {part}, and FAISS does not train an index behind transforms twice: create it anew, and train it on vectors whose lengths differ in every part.");
        }
    }

    // FAISS does not train an index behind transforms twice.
    private bool TrainsLatticesOnce => Parts.VectorParts.Any(part => part.Class == "IndexPreTransform");

    /// <summary>Returns a part of the vectors of which the training vectors of a lattice have one length, or <see langword="null"/>.</summary>
    private int? FindEqualLengths()
    {
        if (KnownDefects.EqualLengths.IsPresent)
        {
            // Enumerating the list would allocate at every search.
            for (var i = 0; i < Parts.Lattices.Count; i++)
            {
                if (LatticeCodes.FindEqualLengths(Parts.Lattices[i]) is { } part)
                {
                    return part;
                }
            }
        }

        return null;
    }

    private void CheckRemovable()
    {
        if (KnownDefects.RemovalUnderIDMap.IsPresent && Parts.TranslatesIds && Parts.HoldsInvertedLists)
        {
            throw new NotSupportedException("FAISS mixes up the ids when it removes from inverted lists under an ID map. Inverted lists keep ids themselves: leave out the ID map.");
        }

        KnownDefects.FastScanLists.ThrowIfPresent(Parts.VectorParts, "Removing vectors with fast-scan lists");
        if (UnusedCodes.Spoil(Parts))
        {
            throw new NotSupportedException("FAISS mixes up the fast-scan codes of vectors that are added after others were removed, unless its library is from a FaissSdk.Native package; exclude ids from searches by an IDSelectorNot, or create the index anew without them.");
        }

        KnownDefects.RaBitQFastScanRemoval.ThrowIfPresent(this, "Removing RaBitQ fast-scan codes");
        if (Parts.VectorParts.Any(part => part.MisplacesCodes))
        {
            throw new NotSupportedException("FAISS mixes up fast-scan codes when it removes some, if a block holds more than 32 vectors; create the index with blocks of 32 (PQ16x4fs_32), or exclude ids from searches by an IDSelectorNot.");
        }
    }

    /// <summary>Checks vectors to store.</summary>
    private protected void CheckFinite(ReadOnlySpan<float> vectors, ReadOnlySpan<long> lists = default) => CheckFinite(vectors, first: 0, vectors.Length / Dimension, lists);

    /// <summary>Checks vectors to store: those from number <paramref name="first"/> on of <paramref name="total"/>, whose lists the caller may have chosen.</summary>
    private void CheckFinite(ReadOnlySpan<float> vectors, int first, int total, ReadOnlySpan<long> lists = default)
    {
        CheckFinite(vectors, first, total, Parts.Gain);
        foreach (var range in Parts.CodeRanges)
        {
            range.CheckStored(vectors, nameof(vectors), first, lists);
        }
    }

    /// <summary>Checks queries, which messages number from <paramref name="first"/> on.</summary>
    private void CheckQueries(ReadOnlySpan<float> queries, int first = 0, bool inRange = false)
    {
        MetricDomain.CheckQueries(Metric, queries, Dimension, Parts.HoldsInvertedLists, nameof(queries), first, MetricArgument);
        if (NeedsFinite)
        {
            VectorValues.CheckFinite(queries, Dimension, nameof(queries), first: first);
            VectorValues.CheckMagnitude(queries, Dimension, 1, nameof(queries), first: first, gain: Parts.Gain);
        }

        CheckConverted(queries, first, inRange);
    }

    /// <summary>Checks queries that FAISS converts to the numbers of the codes.</summary>
    private protected void CheckConverted(ReadOnlySpan<float> queries, int first = 0, bool inRange = false)
    {
        foreach (var range in Parts.CodeRanges)
        {
            range.CheckQueries(queries, nameof(queries), first, inRange);
        }
    }

    /// <summary>Checks vectors by which an encoder is trained, which it does not store.</summary>
    private protected void CheckEncoderTraining(ReadOnlySpan<float> vectors) => CheckFinite(vectors, first: 0, vectors.Length / Dimension, gain: 1);

    /// <summary>Checks training vectors.</summary>
    private void CheckTraining(ReadOnlySpan<float> vectors, int count)
    {
        CheckFinite(vectors, first: 0, count, gain: 1);
        if (KnownDefects.UnstorableComponents.IsPresent)
        {
            foreach (var range in Parts.CodeRanges.Concat(CodeRange.OfQuantizers(Parts)))
            {
                range.CheckTraining(vectors, nameof(vectors));
            }
        }

        CheckTrainsLists(Parts, count, nameof(vectors));
    }

    /// <summary>Throws if fewer vectors than lists would train the medians of the lists of a part, or of one within it.</summary>
    private protected static void CheckTrainsLists(IndexPart part, long count, string name)
    {
        if (!KnownDefects.MediansOfLists.IsPresent)
        {
            return;
        }

        if (count < part.ListCount && KnownDefects.MediansOfLists.Kinds.Contains(part.Code))
        {
            throw new ArgumentException($"There are {count} vectors to train a spectral hash of {part.ListCount} lists, which needs at least one for each list.", name);
        }

        // Centroids train a quantizer, unless it is trained alone.
        foreach (var inner in part.Parts.Where(inner => !inner.IsTransform))
        {
            CheckTrainsLists(inner, inner.Role == "quantizer" && part.Fact("trains_alone", 0) != (long)QuantizerTraining.Alone ? part.Fact("nlist", count) : count, name);
        }
    }

    private void CheckFinite(ReadOnlySpan<float> vectors, int first, int total, double gain)
    {
        MetricDomain.CheckStored(Metric, vectors, Dimension, Parts.HoldsInvertedLists, nameof(vectors), first, MetricArgument);
        if (NeedsFinite)
        {
            VectorValues.CheckFinite(vectors, Dimension, nameof(vectors), first: first);
            VectorValues.CheckMagnitude(vectors, Dimension, Math.Max(1, total), nameof(vectors), first: first, gain: gain);
            if (Parts.EncodesLengths)
            {
                VectorValues.CheckSquaredLengths(vectors, Dimension, Math.Max(1, total), nameof(vectors), first);
            }
        }
    }

    /// <summary>Checks the trained transforms: whitening divides by standard deviations, which can be tiny.</summary>
    private void CheckGain(string name)
    {
        if (double.IsInfinity(Parts.Gain))
        {
            throw new ArgumentException($"{name} differ too little for whitening (PCAW…, PCAWR…), which divides by their standard deviations, in single precision; scale them up, or leave whitening out. FAISS does not train a transform twice: create the index anew.", name);
        }
    }

    /// <summary>Checks the principal components that training computes.</summary>
    private void CheckComponents(ReadOnlySpan<float> vectors, int count)
    {
        foreach (var part in Parts.All.Where(part => part.Class == nameof(PCAMatrix) && !part.IsTrained))
        {
            PCAMatrix.CheckBalance((FaissVectorTransform*)part.Object, vectors, nameof(vectors), Math.Max(1, Parts.Gain));
        }

        // Transforms of a quantizer are trained on centroids.
        foreach (var part in Parts.VectorParts.SelectMany(index => index.Parts).Where(part => part.Class == nameof(PCAMatrix) && !part.IsTrained))
        {
            PCAMatrix.CheckCount(count, (int)part.Fact("d_in", 0), part.Dimension);
        }
    }

    private protected void CheckIds(ReadOnlySpan<long> ids)
    {
        if (KnownDefects.RefinedProductQuantizerIds.IsPresent && Parts.RefinesByPosition)
        {
            throw new NotSupportedException($"This {GetType().Name} refines by position, and numbers vectors itself; put an ID map around it (IDMap2,IVF16,PQ4+4), or add without ids.");
        }

        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
        }
    }
}
