using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Stores vectors row by row in chunks, so that growth copies nothing.</summary>
internal sealed unsafe class VectorStore(int dimension, VectorStorage storage)
{
    private const int FirstCapacity = 16;
    private const float MaxByte = byte.MaxValue;

    private readonly List<VectorChunk> _chunks = [];

    public int Dimension { get; } = dimension;

    public VectorStorage Storage { get; } = storage;

    /// <summary>Gets the number of bytes of a vector.</summary>
    public int BytesPerRow { get; } = checked(dimension * BytesPerComponent(storage));

    /// <summary>Gets the number of vectors.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the number of chunks in use.</summary>
    public int ChunkCount => Blocking.BlocksOf(Count, VectorChunk.MaxRows);

    /// <summary>Gets the directions in which the vectors vary most.</summary>
    public SearchDirections Directions { get; } = new();

    public VectorChunk this[int chunk] => _chunks[chunk];

    public static int BytesPerComponent(VectorStorage storage) => storage switch
    {
        VectorStorage.Unchanged => sizeof(float),
        VectorStorage.Half => sizeof(ushort),
        _ => sizeof(byte),
    };

    /// <summary>Returns the number of vectors of a chunk.</summary>
    public int RowsOf(int chunk) => Math.Min(VectorChunk.MaxRows, Count - (chunk * VectorChunk.MaxRows));

    /// <summary>Returns the address of a vector as stored.</summary>
    public byte* AddressOf(int row) => _chunks[row / VectorChunk.MaxRows].Rows + ((long)(row % VectorChunk.MaxRows) * BytesPerRow);

    /// <summary>Rejects components that cannot be stored.</summary>
    /// <param name="vectors">The vectors (n × d).</param>
    /// <param name="parameter">The name of the argument for messages.</param>
    /// <param name="first">The number of the first vector for messages.</param>
    public void Check(ReadOnlySpan<float> vectors, string parameter, int first = 0)
    {
        VectorValues.CheckFinite(vectors, Dimension, parameter, first: first);
        VectorValues.CheckMagnitude(vectors, Dimension, 1, parameter, first: first);
        if (Storage == VectorStorage.Unchanged)
        {
            return;
        }

        for (var i = 0; i < vectors.Length; i++)
        {
            var component = vectors[i];
            if (Storage == VectorStorage.Half ? !Half.IsFinite((Half)component) : !(component >= 0 && component <= MaxByte && component == MathF.Truncate(component)))
            {
                var cure = Storage == VectorStorage.Half ? "16-bit floating point holds magnitudes up to 65504; scale the data down" : "bytes hold integers from 0 to 255; round the data, or store it otherwise";
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{parameter} has {component} in vector {first + (i / Dimension)}, component {i % Dimension}: {cure}."), parameter);
            }
        }
    }

    /// <summary>Appends vectors (n × d) that have been checked.</summary>
    public void Append(ReadOnlySpan<float> vectors) => Append(vectors, Dimension, vectors.Length / Dimension, Encode);

    /// <summary>Appends vectors that have been checked, in the form in which they are stored.</summary>
    public void AppendEncoded(ReadOnlySpan<byte> vectors, int count) => Append(vectors, BytesPerRow, count, static (rows, stored) => rows.CopyTo(stored));

    private delegate void Encoding<T>(ReadOnlySpan<T> rows, Span<byte> stored);

    private void Append<T>(ReadOnlySpan<T> vectors, int width, int count, Encoding<T> encode)
    {
        if (count == 0)
        {
            return;
        }

        Reserve(checked(Count + count));
        for (var done = 0; done < count;)
        {
            var first = Count + done;
            var block = Math.Min(count - done, VectorChunk.MaxRows - (first % VectorChunk.MaxRows));
            encode(vectors.Slice(done * width, block * width), new Span<byte>(AddressOf(first), block * BytesPerRow));
            Measure(first, block);
            done += block;
        }

        Count += count;
    }

    /// <summary>Appends vectors as stored: reads at most a chunk at a time.</summary>
    /// <returns>The number of the first vector, relative to those appended, with a component that is not finite; −1 if there is none.</returns>
    public long AppendStored(long count, Action<nint, int> read)
    {
        for (var done = 0L; done < count;)
        {
            var first = Count;
            var block = (int)Math.Min(count - done, VectorChunk.MaxRows - (first % VectorChunk.MaxRows));
            Reserve(checked(first + block));
            read((nint)AddressOf(first), block * BytesPerRow);
            var wrong = Measure(first, block);
            if (wrong >= 0)
            {
                return done + wrong;
            }

            Count += block;
            done += block;
        }

        return -1;
    }

    /// <summary>Decodes vectors of one chunk.</summary>
    public void Decode(int first, int count, Span<float> vectors)
    {
        var stored = new ReadOnlySpan<byte>(AddressOf(first), count * BytesPerRow);
        switch (Storage)
        {
            case VectorStorage.Unchanged:
                MemoryMarshal.Cast<byte, float>(stored).CopyTo(vectors);
                break;
            case VectorStorage.Half:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(stored), vectors);
                break;
            default:
                TensorPrimitives.ConvertTruncating<byte, float>(stored, vectors);
                break;
        }
    }

    /// <summary>Removes vectors; those behind them move forward.</summary>
    /// <param name="removed">Whether each vector is removed (n).</param>
    public void Remove(ReadOnlySpan<bool> removed)
    {
        var first = removed.IndexOf(true);
        if (first < 0)
        {
            return;
        }

        var next = first;
        for (var row = first; row < Count; row++)
        {
            if (!removed[row])
            {
                Buffer.MemoryCopy(AddressOf(row), AddressOf(next), BytesPerRow, BytesPerRow);
                StartOf(next) = StartOf(row);
                next++;
            }
        }

        Truncate(next);
        for (var chunk = first / VectorChunk.MaxRows; chunk < ChunkCount; chunk++)
        {
            _chunks[chunk].UpdateMaxNorm(RowsOf(chunk));
        }
    }

    /// <summary>Removes the vectors from a row on, and the memory beyond the last chunk.</summary>
    public void Truncate(int count)
    {
        Count = count;
        _chunks.RemoveRange(ChunkCount, _chunks.Count - ChunkCount);
    }

    private ref float StartOf(int row) => ref _chunks[row / VectorChunk.MaxRows].Starts[row % VectorChunk.MaxRows];

    private void Reserve(int count)
    {
        // A small index does not take a whole chunk.
        var last = _chunks.Count == 0 ? 0 : _chunks[^1].Capacity;
        while (((_chunks.Count - 1) * (long)VectorChunk.MaxRows) + last < count)
        {
            if (_chunks.Count > 0 && last < VectorChunk.MaxRows)
            {
                var grown = new VectorChunk(Math.Min(VectorChunk.MaxRows, Math.Max(2 * last, Math.Min(count, VectorChunk.MaxRows))), BytesPerRow);
                grown.CopyFrom(_chunks[^1], RowsOf(_chunks.Count - 1), BytesPerRow);
                _chunks[^1] = grown;
            }
            else
            {
                _chunks.Add(new VectorChunk(_chunks.Count > 0 ? VectorChunk.MaxRows : Math.Clamp(count, FirstCapacity, VectorChunk.MaxRows), BytesPerRow));
            }

            last = _chunks[^1].Capacity;
        }
    }

    private void Encode(ReadOnlySpan<float> vectors, Span<byte> stored)
    {
        switch (Storage)
        {
            case VectorStorage.Unchanged:
                MemoryMarshal.AsBytes(vectors).CopyTo(stored);
                break;
            case VectorStorage.Half:
                TensorPrimitives.ConvertToHalf(vectors, MemoryMarshal.Cast<byte, Half>(stored));
                break;
            default:
                for (var i = 0; i < vectors.Length; i++)
                {
                    stored[i] = (byte)vectors[i];
                }

                break;
        }
    }

    /// <summary>Computes what searches need to know about vectors of one chunk, and returns the first that is not finite, or −1.</summary>
    private int Measure(int first, int count)
    {
        var chunk = _chunks[first / VectorChunk.MaxRows];
        var vector = Dimension <= 1024 ? stackalloc float[Dimension] : new float[Dimension];
        for (var i = 0; i < count; i++)
        {
            // Count does not include these vectors yet.
            var stored = AddressOf(first + i);
            var decoded = (ReadOnlySpan<float>)vector;
            if (Storage == VectorStorage.Unchanged)
            {
                decoded = new ReadOnlySpan<float>(stored, Dimension);
            }
            else
            {
                Decode(first + i, 1, vector);
            }

            var start = VectorNorms.Start(decoded);
            if (!float.IsFinite(start * 8))
            {
                return i;
            }

            chunk.Starts[(first + i) % VectorChunk.MaxRows] = start;
            chunk.MaxNorm = Math.Max(chunk.MaxNorm, VectorChunk.NormOf(start));
        }

        return -1;
    }
}
