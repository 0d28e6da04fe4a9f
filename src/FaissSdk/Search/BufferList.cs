using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a growing list of neighbors in native memory, as FAISS's range searches collect them (FAISS: <c>BufferList</c>).</summary>
/// <remarks>An instance must not be used by two threads at the same time.</remarks>
public sealed unsafe class BufferList : IDisposable
{
    private readonly FreeHandle<FaissBufferList> _handle;

    /// <summary>Initializes an empty list.</summary>
    /// <param name="bufferSize">The number of neighbors by which the list grows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bufferSize"/> is less than 1.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public BufferList(int bufferSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferSize);
        FaissBufferList* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_BufferList_new(&created, (nuint)bufferSize));
        _handle = new FreeHandle<FaissBufferList>(created, &FaissNative.faiss_BufferList_free);
    }

    /// <summary>Gets the number of neighbors in the list.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the number of neighbors by which the list grows.</summary>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public int BufferSize
    {
        get
        {
            using var list = _handle.Acquire(this);
            return (int)FaissNative.faiss_BufferList_buffer_size(list.Pointer);
        }
    }

    /// <summary>Gets the number of neighbors in the last buffer; <see cref="BufferSize"/> if there is no buffer.</summary>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public int WritePosition
    {
        get
        {
            using var list = _handle.Acquire(this);
            return (int)FaissNative.faiss_BufferList_wp(list.Pointer);
        }
    }

    /// <summary>Allocates the next buffer, if the last one is full.</summary>
    /// <exception cref="FaissException">Memory ran out.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public void AppendBuffer()
    {
        using var list = _handle.AcquireToChange(this);
        if (FaissNative.faiss_BufferList_wp(list.Pointer) == FaissNative.faiss_BufferList_buffer_size(list.Pointer))
        {
            Status.ThrowIfFailed(FaissNative.faiss_BufferList_append_buffer(list.Pointer));
        }
    }

    /// <summary>Adds a neighbor.</summary>
    /// <param name="id">The id of the neighbor.</param>
    /// <param name="distance">The distance of the neighbor.</param>
    /// <exception cref="FaissException">Memory ran out.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public void Add(long id, float distance)
    {
        using var list = _handle.AcquireToChange(this);
        Status.ThrowIfFailed(FaissNative.faiss_BufferList_add(list.Pointer, id, distance));
        Count++;
    }

    /// <summary>Copies neighbors.</summary>
    /// <param name="first">The number of the first neighbor to copy.</param>
    /// <param name="ids">Receives the ids (n).</param>
    /// <param name="distances">Receives the distances (n).</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="first"/> is negative, or fewer than n neighbors follow it.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public void CopyRange(long first, Span<long> ids, Span<float> distances)
    {
        using var list = _handle.Acquire(this);
        VectorShape.CheckLength(distances.Length, ids.Length, nameof(distances));
        VectorShape.CheckDisjoint<long, float>(ids, distances, nameof(distances));
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Count - ids.Length);
        if (ids.IsEmpty)
        {
            return;
        }

        fixed (long* i = ids)
        fixed (float* d = distances)
        {
            Status.ThrowIfFailed(FaissNative.faiss_BufferList_copy_range(list.Pointer, (nuint)first, (nuint)ids.Length, i, d));
        }
    }

    /// <summary>Frees the native memory.</summary>
    public void Dispose() => _handle.Dispose();
}
