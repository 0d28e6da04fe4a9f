using System.Runtime.InteropServices;

namespace FaissSdk.Native;

/// <summary>Buffers codes with their ids and lists in native memory of a fixed size, and writes them in the order of the lists.</summary>
internal sealed unsafe class ListEntries : IDisposable
{
    // An id, the number of a list, and a place in the order of the lists.
    private const int BytesAside = sizeof(long) + (2 * sizeof(int));

    private readonly int _codeSize;
    private byte* _codes;
    private long* _ids;
    private int* _lists;
    private int* _order;

    /// <param name="codeSize">The size of a code.</param>
    /// <param name="bytes">The memory to take, enough for one code.</param>
    public ListEntries(int codeSize, long bytes)
    {
        _codeSize = codeSize;
        Capacity = (int)Math.Clamp(bytes / (codeSize + BytesAside), 1, Array.MaxLength);
        try
        {
            _codes = (byte*)NativeMemory.Alloc((nuint)Capacity, (nuint)codeSize);
            _ids = (long*)NativeMemory.Alloc((nuint)Capacity, sizeof(long));
            _lists = (int*)NativeMemory.Alloc((nuint)Capacity, sizeof(int));
            _order = (int*)NativeMemory.Alloc((nuint)Capacity, sizeof(int));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    ~ListEntries() => Free();

    public int Capacity { get; }

    public int Count { get; private set; }

    /// <summary>Gets the place of the next codes.</summary>
    public byte* NextCodes => _codes + ((long)Count * _codeSize);

    /// <summary>Takes codes that were written to <see cref="NextCodes"/>.</summary>
    /// <param name="lists">The lists of the codes.</param>
    /// <param name="ids">The ids of the codes; empty for numbers from <paramref name="firstId"/> on.</param>
    /// <param name="firstId">The first id.</param>
    public void Append(ReadOnlySpan<long> lists, ReadOnlySpan<long> ids, long firstId)
    {
        for (var i = 0; i < lists.Length; i++)
        {
            _lists[Count + i] = (int)lists[i];
            _ids[Count + i] = ids.IsEmpty ? firstId + i : ids[i];
        }

        Count += lists.Length;
    }

    /// <summary>Writes the codes and then the ids of each list, in the order of their addition, and empties the buffer.</summary>
    /// <param name="writer">The writer of the file.</param>
    /// <param name="listCount">The number of lists.</param>
    /// <param name="proceed">Throws to end the call, before a list is written.</param>
    /// <returns>The number of entries of each list.</returns>
    public long[] Write(SequentialWriter writer, int listCount, Action proceed)
    {
        var sizes = Sort(listCount);
        var next = 0;
        foreach (var size in sizes)
        {
            proceed();
            for (var i = 0; i < size; i++)
            {
                writer.Write(new ReadOnlySpan<byte>(_codes + ((long)_order[next + i] * _codeSize), _codeSize));
            }

            for (var i = 0; i < size; i++)
            {
                writer.Write(new ReadOnlySpan<byte>(_ids + _order[next + i], sizeof(long)));
            }

            next += (int)size;
        }

        return sizes;
    }

    public void Clear() => Count = 0;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_codes);
        NativeMemory.Free(_ids);
        NativeMemory.Free(_lists);
        NativeMemory.Free(_order);
        _codes = null;
        _ids = null;
        _lists = null;
        _order = null;
        Count = 0;
    }

    // Sorts by counting, which keeps the order within a list.
    private long[] Sort(int listCount)
    {
        var sizes = new long[listCount];
        for (var i = 0; i < Count; i++)
        {
            sizes[_lists[i]]++;
        }

        var starts = new int[listCount];
        for (var list = 1; list < listCount; list++)
        {
            starts[list] = starts[list - 1] + (int)sizes[list - 1];
        }

        for (var i = 0; i < Count; i++)
        {
            _order[starts[_lists[i]]++] = i;
        }

        return sizes;
    }
}
