using System.Runtime.InteropServices;
using System.Text;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Vectors of another index, encoded vectors, and reserved memory.</content>
public abstract unsafe partial class FaissIndex
{
    private const int MaxFaultLength = 512;

    private static readonly OptionalFunction MergeFunction = new(nameof(FaissNative.faiss_sdk_merge), "Merging indexes other than IndexIVF");
    private static readonly OptionalFunction MergeFaultFunction = new(nameof(FaissNative.faiss_sdk_merge_fault), "Merging indexes other than IndexIVF");
    private static readonly OptionalFunction AddCodesFunction = new(nameof(FaissNative.faiss_sdk_add_codes), "Adding encoded vectors");
    private static readonly OptionalFunction ReserveFunction = new(nameof(FaissNative.faiss_sdk_reserve), "Reserving memory");
    private static readonly OptionalFunction CloneFunction = new(nameof(FaissNative.faiss_sdk_clone_with_capacity));
    private static readonly OptionalFunction TrimFunction = new(nameof(FaissNative.faiss_sdk_trim), "Freeing reserved memory");

    /// <summary>Moves the vectors of another index to this one; the other is empty afterwards.</summary>
    /// <remarks>
    /// For flat indexes, scalar, product and additive quantizers, LSH, inverted lists, and ID maps and transforms of these. Vectors that are
    /// numbered by position follow those of this index. Requires exclusive access to both indexes: if another call on one of them is running, the later call
    /// throws an <see cref="InvalidOperationException"/>. Ids are not compared: an id that both hold stands for two vectors.
    /// </remarks>
    /// <param name="other">An index of the same kind with the same encoder, centroids and transforms: a copy, or one trained by the same vectors.</param>
    /// <param name="addId">The number added to the ids of inverted lists and of ID maps; 0 for an index that numbers its vectors by position.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this index, of another kind or shape, or has other centroids, transforms or another encoder.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index numbers its vectors by position, and <paramref name="addId"/> is not 0 (<see cref="Count"/> for <c>IVF16,PQ4+4</c>); or an id would be negative or beyond 64 bits.</exception>
    /// <exception cref="InvalidOperationException">An index is not trained, is mapped from its file, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version does not merge this kind of index, such as a graph, or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">One index has a direct map.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void MergeFrom(FaissIndex other, long addId = 0)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var index = Handle.AcquireToChange(this);
        if (other.Handle.Refers(index.Pointer))
        {
            throw new ArgumentException("other is this index.", nameof(other));
        }

        using var source = other.Handle.AcquireToChange(other);
        CheckMerge(index.Pointer, other, source.Pointer, addId);
        Status.ThrowIfFailed(FaissNative.faiss_sdk_merge(index.Pointer, source.Pointer, addId));
        UnusedCodes.Clear(Parts);
        RefreshDerivedState(index.Pointer);
        other.RefreshDerivedState(source.Pointer);
        Memory.Take(other.Memory);
    }

    /// <summary>Adds codes that <see cref="Encode(ReadOnlySpan{float}, Span{byte})"/> of this index or of a copy has written, with consecutive ids from <see cref="Count"/> on (FAISS: <c>add_sa_codes</c>).</summary>
    /// <remarks>
    /// For flat indexes, scalar, product and additive quantizers, LSH, inverted lists of these, and transforms before them. Requires exclusive access:
    /// if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="AsConcurrent"/>
    /// waits instead. Codes do not show which index has written them: those of an index with another training decode to other vectors here.
    /// </remarks>
    /// <param name="codes">The codes (n × the size of a code).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of the size of a code, or a code refers to an inverted list that does not exist or holds a number that is not finite.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, is mapped from its file, or another index is made of it; or its hash table has an id that it would give.</exception>
    /// <exception cref="NotSupportedException">This kind of index does not take codes, or is an ID map, which needs ids; or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddEncoded(ReadOnlySpan<byte> codes)
    {
        using var index = Handle.AcquireToChange(this);
        if (Parts.All.TakeWhile(part => !ReferenceEquals(part, Parts.Encoder)).Any(part => part.IsIDMap))
        {
            throw new NotSupportedException($"This {GetType().Name} keeps ids of the caller: pass them with the codes.");
        }

        var count = CountEncoded(index.Pointer, codes);
        if (HashtableOf(index.Pointer) is not { } table)
        {
            AddEncoded(index.Pointer, codes, count, null);
            return;
        }

        // FAISS would enter ids from 0 on into the table.
        var first = FaissNative.faiss_Index_ntotal(index.Pointer);
        var ids = new long[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = first + i;
        }

        if (FindTaken(table, ids) is var taken and >= 0)
        {
            throw GivesTakenId(ids[taken], nameof(AddEncoded));
        }

        fixed (long* xids = ids)
        {
            AddEncoded(index.Pointer, codes, count, xids);
        }
    }

    /// <summary>Adds codes that <see cref="Encode(ReadOnlySpan{float}, Span{byte})"/> of this index or of a copy has written, with ids chosen by the caller (FAISS: <c>add_sa_codes</c>).</summary>
    /// <remarks>For inverted lists and ID maps; otherwise the same as the overload without ids.</remarks>
    /// <param name="codes">The codes (n × the size of a code).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, a code refers to an inverted list that does not exist or holds a number that is not finite, or an index with a hash table holds an id already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, is mapped from its file, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">This kind of index does not take codes, or numbers vectors itself; or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">The index has a direct map, which does not permit ids of the caller.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddEncoded(ReadOnlySpan<byte> codes, ReadOnlySpan<long> ids)
    {
        using var index = Handle.AcquireToChange(this);
        var count = CountEncoded(index.Pointer, codes);
        VectorShape.CheckLength(ids.Length, count, nameof(ids));
        if (!Parts.LooksUpIds)
        {
            throw new NotSupportedException($"This {GetType().Name} numbers its vectors itself: leave out the ids, or wrap it in an ID map (IDMap2,SQ8).");
        }

        CheckIds(ids);
        if (HashtableOf(index.Pointer) is { } table && FindTaken(table, ids) is var taken and >= 0)
        {
            throw IsTakenId(ids[taken], taken, nameof(ids));
        }

        fixed (long* xids = ids)
        {
            AddEncoded(index.Pointer, codes, count, xids);
        }
    }

    /// <summary>Reserves the memory that the index and its parts need to hold a number of vectors, so that additions do not move those that are there.</summary>
    /// <remarks>
    /// Without it, arrays grow by doubling: for a moment an addition takes up to three times the memory of what is held. Flat indexes, codes,
    /// HNSW graphs, and ID maps, transforms and refinements of these reserve; inverted lists and shards grow as before, because the number of
    /// vectors of each is not known in advance. Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an
    /// <see cref="InvalidOperationException"/>; <see cref="AsConcurrent"/> waits instead.
    /// </remarks>
    /// <param name="capacity">The number of vectors in all; fewer than <see cref="Count"/> change nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative.</exception>
    /// <exception cref="InsufficientMemoryException">There is not enough memory.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one.</exception>
    /// <exception cref="NotSupportedException">The native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void EnsureCapacity(long capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        using var index = Handle.AcquireToChange(this);
        ReserveFunction.Require();
        ThrowIfNoMemory(FaissNative.faiss_sdk_reserve(index.Pointer, capacity), capacity);
    }

    private void ThrowIfNoMemory(int code, long capacity)
    {
        try
        {
            Status.ThrowIfFailed(code);
        }
        catch (FaissException exception)
        {
            throw new InsufficientMemoryException($"There is no memory for {capacity} vectors in this {GetType().Name} of dimension {Dimension}.", exception);
        }
    }

    /// <summary>Frees the memory that the index and its parts have reserved for more vectors, and returns what the C library has kept of freed memory to the system.</summary>
    /// <remarks>
    /// Arrays grow to up to twice their size, so call this after the last addition. For a moment it takes as much memory as the largest array.
    /// Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>;
    /// <see cref="AsConcurrent"/> waits instead. Blocks of fast-scan codes and NSG graphs stay as they are.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Another index is made of this one.</exception>
    /// <exception cref="NotSupportedException">The native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TrimExcess()
    {
        using var index = Handle.AcquireToChange(this);
        TrimFunction.Require();
        Status.ThrowIfFailed(FaissNative.faiss_sdk_trim(index.Pointer));
    }

    private void CheckMerge(NativeIndex* index, FaissIndex other, NativeIndex* source, long addId)
    {
        MergeFunction.Require();
        MergeFaultFunction.Require();
        var encoder = Parts.Encoder;
        if (!encoder.Merges)
        {
            throw new NotSupportedException($"FAISS does not merge {encoder.Class}: add the vectors of one index to the other, or search both through IndexShards.");
        }

        CheckChangeable(index);
        other.CheckChangeable(source);
        KnownDefects.FastScanLists.ThrowIfPresent(this, "Merging with fast-scan lists");
        KnownDefects.PanoramaCopies.ThrowIfPresent(this, "Merging Panorama lists");
        if (FaissNative.faiss_Index_ntotal(index) > 0)
        {
            KnownDefects.FastScanMerges.ThrowIfPresent(this, "Merging into fast-scan lists that hold vectors");
        }

        var isRefining = KnownDefects.RefinedProductQuantizerIds.IsPresent && Parts.RefinesByPosition;
        if (isRefining || !Parts.LooksUpIds)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(addId, isRefining ? FaissNative.faiss_Index_ntotal(index) : 0);
        }

        Quantizers.CheckShiftedIds(other.Parts, addId, nameof(addId));
        if (FaultOfMerge(index, source) is { } fault)
        {
            throw new ArgumentException($"other {fault}; make it a copy of this index (Clone, then Reset), so that the codes of both mean the same.", nameof(other));
        }

        if (other.Parts.Encoder is { HoldsLists: true } lists)
        {
            IndexIVF.CheckComplete((NativeIndex*)lists.Object);
        }
    }

    private static string? FaultOfMerge(NativeIndex* index, NativeIndex* source)
    {
        var text = stackalloc byte[MaxFaultLength];
        nuint length = 0;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_merge_fault(index, source, (sbyte*)text, MaxFaultLength, &length));
        return length == 0 ? null : Encoding.UTF8.GetString(text, (int)Math.Min(length, MaxFaultLength));
    }

    /// <summary>Checks codes to add, and returns their number.</summary>
    private int CountEncoded(NativeIndex* index, ReadOnlySpan<byte> codes)
    {
        AddCodesFunction.Require();
        var encoder = Parts.Encoder;
        if (!encoder.HoldsCodes && !encoder.HoldsCodeLists)
        {
            throw new NotSupportedException($"Codes cannot be added to {encoder.Class}: use Flat, SQ8, PQ16, LSH or IVFn of Flat, SQ8 or PQ16, or ID maps and transforms of these.");
        }

        CheckChangeable(index);
        var size = EncodedSize(encoder);
        var count = CountCodes(codes, size);
        StandaloneCodec.CheckLists(encoder, codes, size, nameof(codes));
        CheckEncodedNumbers(encoder, codes, size);
        return count;
    }

    private static int EncodedSize(IndexPart encoder)
    {
        var native = (NativeIndex*)encoder.Object;
        if (KnownDefects.CodeSizeNotReturned.IsPresent)
        {
            return StandaloneCodec.Measure(native, encoder.Dimension);
        }

        nuint size = 0;
        Status.ThrowIfFailed(FaissNative.faiss_Index_sa_code_size(native, &size));
        return checked((int)size);
    }

    // In these classes, codes are the vectors themselves.
    private void CheckEncodedNumbers(IndexPart encoder, ReadOnlySpan<byte> codes, int size)
    {
        if (!encoder.IsFlat && encoder.Class != "IndexIVFFlat")
        {
            return;
        }

        var vectorSize = encoder.Dimension * sizeof(float);
        for (var start = 0; start < codes.Length; start += size)
        {
            var vector = MemoryMarshal.Cast<byte, float>(codes.Slice(start + size - vectorSize, vectorSize));
            MetricDomain.CheckStored(Metric, vector, encoder.Dimension, encoder.HoldsLists, nameof(codes), start / size);
            if (encoder.HoldsLists)
            {
                VectorValues.CheckFinite(vector, encoder.Dimension, nameof(codes), first: start / size);
            }
        }
    }

    /// <summary>Returns the lists that receive codes if they have a hash table; otherwise <see langword="null"/>.</summary>
    private static IndexPart? HashtableOf(NativeIndex* index)
    {
        var encoder = NativeParts.Of(index).Encoder;
        return encoder.HoldsHashtable ? encoder : null;
    }

    /// <summary>Returns the position of the first id that a hash table holds or that is given twice; −1 if there is none.</summary>
    private static int FindTaken(IndexPart lists, ReadOnlySpan<long> ids)
    {
        var seen = new HashSet<long>(ids.Length);
        var vector = new float[lists.Dimension];
        fixed (float* x = vector)
        {
            for (var i = 0; i < ids.Length; i++)
            {
                long id = ids[i], absent;
                Status.ThrowIfFailed(FaissNative.faiss_sdk_reconstruct((NativeIndex*)lists.Object, 1, &id, x, &absent));
                if (absent < 0 || !seen.Add(id))
                {
                    return i;
                }
            }
        }

        return -1;
    }

    private void AddEncoded(NativeIndex* index, ReadOnlySpan<byte> codes, int count, long* ids)
    {
        if (count == 0)
        {
            return;
        }

        fixed (byte* bytes = codes)
        {
            Status.ThrowIfFailed(FaissNative.faiss_sdk_add_codes(index, count, bytes, ids));
        }

        RefreshDerivedState(index);
        Memory.Add(count);
    }
}
