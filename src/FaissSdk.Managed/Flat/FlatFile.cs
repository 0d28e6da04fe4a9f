using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FaissSdk;

/// <summary>Reads and writes exact indexes in FAISS's file format: little-endian, each index a code of four letters, a header and its fields.</summary>
internal sealed class FlatFile(Stream stream, string source)
{
    /// <summary>The maximum number of components, with which a chunk of vectors is within the size of an array.</summary>
    public const int MaxDimension = 1 << 17;

    private const int HalfQuantizer = 4;
    private const int ByteQuantizer = 5;

    // FAISS writes two numbers for fields that it no longer has.
    private const long Unused = 1 << 20;
    private const int BlockBytes = 1 << 20;

    private readonly byte[] _buffer = new byte[sizeof(long)];

    /// <summary>Writes an index.</summary>
    public static unsafe void Write(Stream stream, MetricType metric, VectorStore store, RowIds? ids)
    {
        using var writer = new BinaryWriter(new BufferedStream(stream, 1 << 16), Encoding.ASCII, leaveOpen: true);
        if (ids is not null)
        {
            WriteHeader(writer, "IxM2", metric, store);
        }

        if (store.Storage == VectorStorage.Unchanged)
        {
            WriteHeader(writer, metric == MetricType.InnerProduct ? "IxFI" : "IxF2", metric, store);
            writer.Write((long)store.Count * store.Dimension);
        }
        else
        {
            WriteHeader(writer, "IxSQ", metric, store);
            writer.Write(store.Storage == VectorStorage.Half ? HalfQuantizer : ByteQuantizer);
            writer.Write(0);
            writer.Write(0f);
            writer.Write((long)store.Dimension);
            writer.Write((long)store.BytesPerRow);
            writer.Write(0L);
            writer.Write((long)store.Count * store.BytesPerRow);
        }

        for (var chunk = 0; chunk < store.ChunkCount; chunk++)
        {
            var bytes = (long)store.RowsOf(chunk) * store.BytesPerRow;
            for (var start = 0L; start < bytes; start += BlockBytes)
            {
                writer.Write(new ReadOnlySpan<byte>(store[chunk].Rows + start, (int)Math.Min(BlockBytes, bytes - start)));
            }
        }

        if (ids is not null)
        {
            writer.Write((long)ids.Count);
            for (var row = 0; row < ids.Count; row++)
            {
                writer.Write(ids[row]);
            }
        }

        writer.Flush();
    }

    /// <summary>Reads an index.</summary>
    public (MetricType Metric, VectorStore Store, RowIds? Ids) Read()
    {
        var code = ReadCode();
        if (code is not ("IxM2" or "IxMp"))
        {
            var (single, vectors) = ReadVectors(code);
            return (single, vectors, null);
        }

        var (_, count, outer) = ReadHeader();
        var (metric, store) = ReadVectors(ReadCode());
        if (count != store.Count || outer != metric)
        {
            throw Damaged($"the ID map declares {count} vectors by {outer}, and the index in it has {store.Count} by {metric}");
        }

        return (metric, store, ReadIds(store.Count));
    }

    private static void WriteHeader(BinaryWriter writer, string code, MetricType metric, VectorStore store)
    {
        writer.Write(Encoding.ASCII.GetBytes(code));
        writer.Write(store.Dimension);
        writer.Write((long)store.Count);
        writer.Write(Unused);
        writer.Write(Unused);
        writer.Write(true);
        writer.Write((int)metric);
    }

    private (MetricType Metric, VectorStore Store) ReadVectors(string code)
    {
        if (code is not ("IxF2" or "IxFI" or "IxSQ"))
        {
            throw Unknown($"an index of the kind {code}");
        }

        var (dimension, count, metric) = ReadHeader();
        var storage = VectorStorage.Unchanged;
        if (code == "IxSQ")
        {
            var type = ReadInt32();
            storage = type switch
            {
                HalfQuantizer => VectorStorage.Half,
                ByteQuantizer => VectorStorage.Byte,
                _ => throw Unknown($"a scalar quantizer of type {type}"),
            };
            ReadInt32();
            ReadInt32();
            var (components, bytes, trained) = (ReadInt64(), ReadInt64(), ReadInt64());
            if (components != dimension || bytes != (long)dimension * VectorStore.BytesPerComponent(storage) || trained != 0)
            {
                throw Damaged($"its quantizer has {components} components in {bytes} bytes and {trained} trained values, and the vectors have {dimension} components");
            }
        }
        else if (metric != (code == "IxFI" ? MetricType.InnerProduct : MetricType.L2))
        {
            throw Damaged($"its kind is {code} and its metric {metric}");
        }

        var store = new VectorStore(dimension, storage);
        var length = ReadInt64();
        var unit = storage == VectorStorage.Unchanged ? dimension : store.BytesPerRow;
        if (count > Array.MaxLength || length != count * unit)
        {
            throw Damaged($"it declares {count} vectors and {length} stored numbers, expected {unit} for each vector");
        }

        var wrong = store.AppendStored(count, ReadBytes);
        return wrong < 0 ? (metric, store) : throw new InvalidDataException($"{source} has a vector (number {wrong}) with a component that is not finite or too large.");
    }

    private (int Dimension, long Count, MetricType Metric) ReadHeader()
    {
        var (dimension, count) = (ReadInt32(), ReadInt64());
        ReadInt64();
        ReadInt64();
        Fill(1);
        var (isTrained, metric) = (_buffer[0], ReadInt32());
        if (dimension > MaxDimension)
        {
            throw Unknown($"an index of {dimension} components");
        }

        if (dimension <= 0 || count < 0 || isTrained != 1)
        {
            throw Damaged($"it declares {count} vectors of {dimension} components{(isTrained == 1 ? "" : ", not trained")}");
        }

        return (MetricType)metric is MetricType.L2 or MetricType.InnerProduct ? (dimension, count, (MetricType)metric) : throw Unknown($"an index by the metric {(MetricType)metric}");
    }

    private RowIds ReadIds(int count)
    {
        var length = ReadInt64();
        if (length != count)
        {
            throw Damaged($"it has {length} ids for {count} vectors");
        }

        var ids = new RowIds();
        var block = new long[Math.Min(count, BlockBytes / sizeof(long))];
        for (var done = 0; done < count;)
        {
            var some = block.AsSpan(0, Math.Min(block.Length, count - done));
            ReadExactly(MemoryMarshal.AsBytes(some));
            if (ids.FindUnusable(some) is var position and >= 0)
            {
                throw new InvalidDataException($"{source} has the id {some[position]} for vector {done + position}; ids are 0 or greater, each once.");
            }

            ids.Append(some);
            done += some.Length;
        }

        return ids;
    }

    private string ReadCode()
    {
        Fill(sizeof(int));
        return Encoding.Latin1.GetString(_buffer, 0, sizeof(int));
    }

    private int ReadInt32()
    {
        Fill(sizeof(int));
        return BinaryPrimitives.ReadInt32LittleEndian(_buffer);
    }

    private long ReadInt64()
    {
        Fill(sizeof(long));
        return BinaryPrimitives.ReadInt64LittleEndian(_buffer);
    }

    private unsafe void ReadBytes(nint address, int length) => ReadExactly(new Span<byte>((byte*)address, length));

    private void Fill(int length) => ReadExactly(_buffer.AsSpan(0, length));

    private void ReadExactly(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Damaged("it ends early");
        }
    }

    private InvalidDataException Damaged(string fault) => new($"{source} does not contain a complete exact index: {fault}.");

    private NotSupportedException Unknown(string kind) =>
        new($"{source} contains {kind.Replace("\0", "\\0", StringComparison.Ordinal)}; {nameof(ManagedFlatIndex)} reads flat indexes by L2 and inner product, scalar quantizers of 16-bit floating point and of bytes, and ID maps of these, of at most {MaxDimension} components. Read it with FaissIndex.Load.");
}
