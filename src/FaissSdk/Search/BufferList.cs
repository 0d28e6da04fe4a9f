using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>A growing list of neighbours in native memory, as FAISS's range searches collect them.</summary>
/// <remarks>It must not be used by two threads at a time.</remarks>
public sealed unsafe class BufferList : IDisposable
{
    private readonly FreeHandle<FaissBufferList> _handle;

    /// <summary>Makes an empty list.</summary>
    /// <param name="bufferSize">By how many neighbours it grows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bufferSize"/> is less than 1.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public BufferList(int bufferSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferSize);
        FaissBufferList* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_BufferList_new(&created, (nuint)bufferSize));
        _handle = new FreeHandle<FaissBufferList>(created, &FaissNative.faiss_BufferList_free);
    }

    /// <summary>The number of neighbours in it.</summary>
    public long Count { get; private set; }

    /// <summary>By how many neighbours it grows.</summary>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public int BufferSize
    {
        get
        {
            using var list = _handle.Acquire(this);
            return (int)FaissNative.faiss_BufferList_buffer_size(list.Pointer);
        }
    }

    /// <summary>How many neighbours the last buffer holds; <see cref="BufferSize"/> if there is none.</summary>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public int WritePosition
    {
        get
        {
            using var list = _handle.Acquire(this);
            return (int)FaissNative.faiss_BufferList_wp(list.Pointer);
        }
    }

    /// <summary>Takes memory for the next neighbours ahead of time, if the last buffer is full.</summary>
    /// <exception cref="FaissException">Memory ran out.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public void AppendBuffer()
    {
        using var list = _handle.Acquire(this);
        if (FaissNative.faiss_BufferList_wp(list.Pointer) == FaissNative.faiss_BufferList_buffer_size(list.Pointer))
        {
            Status.ThrowIfFailed(FaissNative.faiss_BufferList_append_buffer(list.Pointer));
        }
    }

    /// <summary>Adds a neighbour.</summary>
    /// <param name="label">Its label.</param>
    /// <param name="distance">Its distance.</param>
    /// <exception cref="FaissException">Memory ran out.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public void Add(long label, float distance)
    {
        using var list = _handle.Acquire(this);
        Status.ThrowIfFailed(FaissNative.faiss_BufferList_add(list.Pointer, label, distance));
        Count++;
    }

    /// <summary>Copies neighbours.</summary>
    /// <param name="first">The first one's number.</param>
    /// <param name="labels">Receives the labels (n).</param>
    /// <param name="distances">Receives the distances (n).</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are no such neighbours.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public void CopyRange(long first, Span<long> labels, Span<float> distances)
    {
        using var list = _handle.Acquire(this);
        VectorShape.CheckLength(distances.Length, labels.Length, nameof(distances));
        VectorShape.CheckDisjoint<long, float>(labels, distances, nameof(distances));
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Count - labels.Length);
        if (labels.IsEmpty)
        {
            return;
        }

        fixed (long* ids = labels)
        fixed (float* dis = distances)
        {
            Status.ThrowIfFailed(FaissNative.faiss_BufferList_copy_range(list.Pointer, (nuint)first, (nuint)labels.Length, ids, dis));
        }
    }

    /// <summary>Frees the native memory.</summary>
    public void Dispose() => _handle.Dispose();
}
