using System.Runtime.InteropServices;
using System.Text;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Vectors of another index, and reserved memory.</content>
public abstract unsafe partial class IndexBinary
{
    private const int MaxFaultLength = 512;

    private static readonly OptionalFunction MergeFunction = new(nameof(FaissNative.faiss_sdk_binary_merge), "Merging binary indexes other than IndexBinaryIVF");
    private static readonly OptionalFunction MergeFaultFunction = new(nameof(FaissNative.faiss_sdk_binary_merge_fault), "Merging binary indexes other than IndexBinaryIVF");
    private static readonly OptionalFunction BinaryListFunction = new(nameof(FaissNative.faiss_sdk_binary_list));
    private static readonly OptionalFunction ReserveFunction = new(nameof(FaissNative.faiss_sdk_binary_reserve), "Reserving memory");
    private static readonly OptionalFunction TrimFunction = new(nameof(FaissNative.faiss_sdk_binary_trim), "Freeing reserved memory");

    /// <summary>Moves the vectors of another index to this one; the other is empty afterwards.</summary>
    /// <remarks>
    /// For flat indexes, inverted lists, and ID maps of these. The vectors of a flat index follow those of this one. Requires exclusive access
    /// to both indexes: if another call on one of them is running, the later call throws an <see cref="InvalidOperationException"/>. Ids are not compared:
    /// an id that both hold stands for two vectors.
    /// </remarks>
    /// <param name="other">An index of the same kind and shape, with the same centroids.</param>
    /// <param name="addId">The number added to the ids of inverted lists and of ID maps; 0 for a flat index.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this index, of another kind or shape, or has other centroids.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is flat, and <paramref name="addId"/> is not 0; or an id would be negative or beyond 64 bits.</exception>
    /// <exception cref="InvalidOperationException">An index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="NotSupportedException">FAISS does not merge this kind of index, such as a graph, or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">One index has a direct map.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void MergeFrom(IndexBinary other, long addId = 0)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var index = Handle.AcquireToChange(this);
        if (other.Handle.Refers(index.Pointer))
        {
            throw new ArgumentException("other is this index.", nameof(other));
        }

        using var source = other.Handle.AcquireToChange(other);
        other.CheckShiftedMapIds(addId);
        MergeFunction.Require();
        MergeFaultFunction.Require();
        if (!Parts.Encoder.Merges)
        {
            throw new NotSupportedException($"FAISS does not merge {Parts.Encoder.Class}: add the vectors of one index to the other.");
        }

        CheckChangeable(index.Pointer);
        other.CheckChangeable(source.Pointer);
        if (!Parts.LooksUpIds)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(addId, 0);
        }

        if (FaultOfMerge(index.Pointer, source.Pointer) is { } fault)
        {
            throw new ArgumentException($"other {fault}; make it a copy of this index (Clone, then Reset), so that the lists of both mean the same.", nameof(other));
        }

        CheckShiftedListIds(other.Parts.Encoder, source.Pointer, addId);
        Status.ThrowIfFailed(FaissNative.faiss_sdk_binary_merge(index.Pointer, source.Pointer, addId));
        Memory.Take(other.Memory);
    }

    /// <summary>Reserves the memory that the index and its parts need to hold a number of vectors, so that additions do not move those that are there.</summary>
    /// <remarks>
    /// Without it, arrays grow by doubling: for a moment an addition takes up to three times the memory of what is held. Flat indexes, HNSW
    /// graphs and ID maps of these reserve; inverted lists, hashes and shards grow as before, because the number of vectors of each is not known in
    /// advance. Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an
    /// <see cref="InvalidOperationException"/>; <see cref="AsConcurrent"/> waits instead.
    /// </remarks>
    /// <param name="capacity">The number of vectors in all; fewer than <see cref="Count"/> change nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative.</exception>
    /// <exception cref="InsufficientMemoryException">There is not enough memory.</exception>
    /// <exception cref="InvalidOperationException">Another call is under way.</exception>
    /// <exception cref="NotSupportedException">The native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void EnsureCapacity(long capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        using var index = Handle.AcquireToChange(this);
        ReserveFunction.Require();
        try
        {
            Status.ThrowIfFailed(FaissNative.faiss_sdk_binary_reserve(index.Pointer, capacity));
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
    /// <see cref="AsConcurrent"/> waits instead. The tables of hashes stay as they are.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Another call is under way.</exception>
    /// <exception cref="NotSupportedException">The native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TrimExcess()
    {
        using var index = Handle.AcquireToChange(this);
        TrimFunction.Require();
        Status.ThrowIfFailed(FaissNative.faiss_sdk_binary_trim(index.Pointer));
    }

    /// <summary>Rejects a number that would lead ids of an ID map out of their range.</summary>
    private void CheckShiftedMapIds(long addId)
    {
        if (addId == 0 || !Parts.IsIDMap)
        {
            return;
        }

        // No function shows the ids of a binary ID map; its file ends with them.
        var file = Serialize();
        Quantizers.CheckShiftedIds(MemoryMarshal.Cast<byte, long>(file.AsSpan(file.Length - checked((int)(Count * sizeof(long))))), addId, nameof(addId));
    }

    private protected static void CheckShiftedListIds(IndexPart lists, FaissIndexBinary* source, long addId)
    {
        if (addId == 0 || !lists.HoldsLists || !BinaryListFunction.IsPresent)
        {
            return;
        }

        for (var list = 0L; list < lists.ListCount; list++)
        {
            FaissSdkList shown;
            Status.ThrowIfFailed(FaissNative.faiss_sdk_binary_list(source, (nuint)list, &shown));
            if (shown.ids != null)
            {
                Quantizers.CheckShiftedIds(new ReadOnlySpan<long>(shown.ids, checked((int)shown.size)), addId, nameof(addId));
            }
        }
    }

    private static string? FaultOfMerge(FaissIndexBinary* index, FaissIndexBinary* source)
    {
        var text = stackalloc byte[MaxFaultLength];
        nuint length = 0;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_binary_merge_fault(index, source, (sbyte*)text, MaxFaultLength, &length));
        return length == 0 ? null : Encoding.UTF8.GetString(text, (int)Math.Min(length, MaxFaultLength));
    }
}
