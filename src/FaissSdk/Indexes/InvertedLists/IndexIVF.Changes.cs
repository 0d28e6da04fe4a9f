using System.Runtime.CompilerServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Merging, copying, the direct map, and training the encoder.</content>
public unsafe partial class IndexIVF
{
    private static readonly OptionalFunction TrainEncoderFunction = new(nameof(FaissNative.faiss_IndexIVF_train_encoder));

    /// <summary>Moves the vectors of another index to this one; the other is empty afterwards.</summary>
    /// <remarks>Requires exclusive access to both indexes: if another call on one of them is running, the later call throws an <see cref="InvalidOperationException"/>.</remarks>
    /// <param name="other">An index of the same kind with the same centroids and the same encoder: a copy, or one trained by the same vectors.</param>
    /// <param name="addId">The number added to the ids.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this index, of another kind or shape, or has other centroids or another encoder.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index refines by position (<c>IVF16,PQ4+4</c>), and <paramref name="addId"/> is not <see cref="FaissIndex.Count"/>; or an id would be negative or beyond 64 bits.</exception>
    /// <exception cref="InvalidOperationException">An index is not trained, is mapped from its file, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails to merge this kind of index; no version merges fast-scan lists into an index that holds vectors, or Panorama lists.</exception>
    /// <exception cref="FaissException">The indexes are incompatible, or one has a direct map.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void MergeFrom(IndexIVF other, long addId = 0)
    {
        using var index = Handle.AcquireToChange(this);
        using var source = AcquireFitting(index.Pointer, other, nameof(other));
        CheckChangeable(index.Pointer);
        other.CheckChangeable(source.Pointer);
        KnownDefects.FastScanLists.ThrowIfPresent(this, "Merging with fast-scan lists");
        KnownDefects.PanoramaCopies.ThrowIfPresent(this, "Merging Panorama lists");
        CheckComplete(source.Pointer);
        Encoders.CheckEqual(index.Pointer, source.Pointer, Parts, nameof(other));
        if (FaissNative.faiss_Index_ntotal(index.Pointer) > 0)
        {
            KnownDefects.FastScanMerges.ThrowIfPresent(this, "Merging into fast-scan lists that hold vectors");
        }

        if (KnownDefects.RefinedProductQuantizerIds.IsPresent && Parts.RefinesByPosition)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(addId, FaissNative.faiss_Index_ntotal(index.Pointer));
        }

        Quantizers.CheckShiftedIds(other.Parts, addId, nameof(addId));
        Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_merge_from(index.Pointer, source.Pointer, addId));
        Memory.Take(other.Memory);
    }

    /// <summary>Copies some of the vectors to another index.</summary>
    /// <remarks>Requires exclusive access to <paramref name="target"/>: if another call on it is running, the later call throws an <see cref="InvalidOperationException"/>.</remarks>
    /// <param name="target">An index of the same kind with the same centroids and the same encoder.</param>
    /// <param name="subset">The rule that selects the vectors.</param>
    /// <param name="first">a₁ of <paramref name="subset"/>.</param>
    /// <param name="second">a₂ of <paramref name="subset"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="target"/> is this index, of another kind or shape, or has other centroids or another encoder.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="subset"/>, <paramref name="first"/> or <paramref name="second"/> is out of range.</exception>
    /// <exception cref="InvalidOperationException">An index is not trained, another index is made of <paramref name="target"/>, <paramref name="target"/> keeps a direct map or is mapped from its file, or this index counts vectors that are in no list.</exception>
    /// <exception cref="NotSupportedException">The index has fast-scan or Panorama lists, which no FAISS version copies.</exception>
    /// <exception cref="FaissException">The indexes are incompatible.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void CopySubsetTo(IndexIVF target, IndexIVFSubset subset, long first, long second)
    {
        using var index = Handle.Acquire(this);
        using var destination = AcquireFitting(index.Pointer, target, nameof(target));
        CheckTrained(index.Pointer);
        target.CheckChangeable(destination.Pointer);
        CheckSubset(subset, first, second, FaissNative.faiss_Index_ntotal(index.Pointer));
        KnownDefects.FastScanCopies.ThrowIfPresent(this, "Copying a subset of fast-scan lists");
        KnownDefects.PanoramaCopies.ThrowIfPresent(this, "Copying a subset of Panorama lists");
        if (KnownDefects.RefinedProductQuantizerIds.IsPresent && Parts.RefinesByPosition)
        {
            throw new NotSupportedException("FAISS copies the codes of an index that refines by position without their refinements; clone it, or merge it.");
        }

        CheckComplete(index.Pointer);
        Encoders.CheckEqual(index.Pointer, destination.Pointer, Parts, nameof(target));
        if (target.KeepsDirectMap || NativeParts.Of(destination.Pointer).HoldsDirectMap)
        {
            throw new InvalidOperationException($"{nameof(target)} keeps a direct map; drop it first ({nameof(MakeDirectMap)}).");
        }

        if (FaissNative.faiss_Index_ntotal(index.Pointer) > 0)
        {
            var held = FaissNative.faiss_Index_ntotal(destination.Pointer);
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_copy_subset_to(index.Pointer, destination.Pointer, (int)subset, first, second));
            target.Memory.Add(FaissNative.faiss_Index_ntotal(destination.Pointer) - held);
        }
    }

    /// <summary>Trains the encoder of the vectors within the lists, separately from the quantizer.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="vectors">The training vectors, row-major (n × d): residuals where the index encodes residuals.</param>
    /// <param name="lists">The list of each vector (n).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, <paramref name="vectors"/> is empty, or a vector is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, or it holds vectors whose codes training would change.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.8.0.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TrainEncoder(ReadOnlySpan<float> vectors, ReadOnlySpan<long> lists)
    {
        using var index = Handle.AcquireToChange(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        VectorShape.CheckLength(lists.Length, count, nameof(lists));
        if (count == 0)
        {
            throw new ArgumentException("vectors is empty; training needs at least one vector.", nameof(vectors));
        }

        CheckWritable();
        CheckEncoderTraining(vectors);
        CheckLists(index.Pointer, lists, minimum: 0);
        CheckHoldsNoCodes(index.Pointer);
        if (KnownDefects.MediansOfLists.IsPresent)
        {
            CheckTrainsLists(Parts, count, nameof(vectors));
        }

        TrainEncoderFunction.Require();
        fixed (float* x = vectors)
        fixed (long* assign = lists)
        {
            using var turn = LocalSearch.EnterToTrain(Parts);
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_train_encoder(index.Pointer, count, x, assign));
        }
    }

    /// <summary>Checks the arguments of adding to given lists, and returns the number of vectors.</summary>
    private protected int CheckAddWithLists(NativeIndex* index, ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, ReadOnlySpan<long> lists)
    {
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        VectorShape.CheckLength(lists.Length, count, nameof(lists));
        if (!ids.IsEmpty)
        {
            VectorShape.CheckLength(ids.Length, count, nameof(ids));
            CheckIds(ids);
        }

        CheckChangeable(index);
        CheckLists(index, lists, minimum: 0);
        CheckResidualsHaveCentroids(index);
        CheckFinite(vectors, lists);
        if (NativeParts.Of(index).HoldsHashtable)
        {
            throw new InvalidOperationException($"The index has a hash table, which vectors in given lists would not enter by distinct ids; drop it first ({nameof(MakeDirectMap)}), or call {nameof(AddWithIds)}.");
        }

        return count;
    }

    private static void CheckSubset(IndexIVFSubset subset, long first, long second, long count)
    {
        switch (subset)
        {
            case IndexIVFSubset.Range:
                ArgumentOutOfRangeException.ThrowIfLessThan(second, first);
                break;
            case IndexIVFSubset.Remainder:
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(first);
                ArgumentOutOfRangeException.ThrowIfNegative(second);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(second, first);
                break;
            case IndexIVFSubset.Share:
                ArgumentOutOfRangeException.ThrowIfNegative(first);
                ArgumentOutOfRangeException.ThrowIfLessThan(second, first);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(second, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(subset), subset, $"subset is not a {nameof(IndexIVFSubset)}.");
        }
    }

    /// <summary>Throws if the index counts vectors that are in no list, as one read from a file can: FAISS would search the lists for them.</summary>
    internal static void CheckComplete(NativeIndex* index)
    {
        var held = 0L;
        for (nuint list = 0; list < FaissNative.faiss_IndexIVF_nlist(index); list++)
        {
            held += (long)FaissNative.faiss_IndexIVF_get_list_size(index, list);
        }

        if (held != FaissNative.faiss_Index_ntotal(index))
        {
            throw new InvalidOperationException($"The index counts {FaissNative.faiss_Index_ntotal(index)} vectors, but its lists hold {held}.");
        }
    }

    private TypedHandle<NativeIndex>.ChangeLease AcquireFitting(NativeIndex* index, IndexIVF other, string parameter, [CallerMemberName] string call = "")
    {
        ArgumentNullException.ThrowIfNull(other, parameter);
        if (other.Handle.Refers(index))
        {
            throw new ArgumentException($"{parameter} is this index.", parameter);
        }

        var lease = other.Handle.AcquireToChange(other, call);

        if (other.GetType() != GetType() || other.Dimension != Dimension || other.Metric != Metric || FaissNative.faiss_IndexIVF_nlist(index) != FaissNative.faiss_IndexIVF_nlist(lease.Pointer)
            || Parts.Class != other.Parts.Class)
        {
            lease.Dispose();
            throw new ArgumentException($"{parameter} is an {other.GetType().Name} of dimension {other.Dimension} by {other.Metric}; it must be of the same kind, dimension, metric and number of lists.", parameter);
        }

        return lease;
    }
}
