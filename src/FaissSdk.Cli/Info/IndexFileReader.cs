using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Describes the index in a file as a tree, from the file alone: no vector is loaded, and no native library is needed.</summary>
/// <remarks>
/// A file is a sequence of a code of four letters, the fields of that kind of index, and arrays with their lengths; parts follow
/// in the same form. Arrays are skipped, after every length has been compared with the rest of the file.
/// </remarks>
internal sealed partial class IndexFileReader
{
    // FAISS itself refuses more.
    private const int MaxDepth = 32;

    private readonly Stream _stream;
    private readonly long _length;
    private readonly Dictionary<string, (string Kind, Action<IndexNode> Read)> _kinds;
    private readonly Dictionary<string, (string Kind, Action<IndexNode> Read)> _transforms;
    private readonly Dictionary<string, (string Kind, Action<IndexNode> Read)> _lists;
    private int _depth;

    private IndexFileReader(Stream stream)
    {
        _stream = stream;
        _length = stream.Length;
        _kinds = Kinds();
        _transforms = Transforms();
        _lists = Lists();
    }

    private long Left => _length - _stream.Position;

    /// <summary>Returns whether a file starts like an index of FAISS.</summary>
    public static bool StartsLikeIndex(ReadOnlySpan<byte> start) =>
        start.Length >= 4 && (start.StartsWith("null"u8) || (start[0] == 'I' && start[1..4].IndexOfAnyExceptInRange((byte)'!', (byte)'z') < 0));

    /// <summary>Returns whether a file starts with the code of a kind of index that is known here.</summary>
    public static bool StartsWithKnownCode(ReadOnlySpan<byte> start) => start.Length >= 4 && new IndexFileReader(Stream.Null)._kinds.ContainsKey(Encoding.Latin1.GetString(start[..4]));

    /// <summary>Describes the index at the start of a stream.</summary>
    /// <returns>The index as far as it could be described, why it ends there (null if it is complete), and the number of bytes after it.</returns>
    public static (IndexNode Root, string? Fault, long Following) Read(Stream stream)
    {
        stream.Position = 0;
        var reader = new IndexFileReader(new BufferedStream(stream, 1 << 16));
        var holder = new IndexNode("", "", "");
        try
        {
            reader.Index(holder, "");
            return (holder.Parts[0], null, reader.Left);
        }
        catch (UndescribedException)
        {
            return (holder.Parts[0], null, 0);
        }
        catch (InvalidDataException e)
        {
            return (holder.Parts.Count > 0 ? holder.Parts[0] : holder, e.Message, 0);
        }
    }

    private void Index(IndexNode parent, string role) => Part(parent, role, _kinds, "index");

    private void Part(IndexNode parent, string role, Dictionary<string, (string Kind, Action<IndexNode> Read)> kinds, string noun)
    {
        var start = _stream.Position;
        var code = Code();
        if (code == "null" || code == "il00")
        {
            parent.Parts.Add(new IndexNode(role, code, "none"));
            return;
        }

        if (!kinds.TryGetValue(code, out var kind))
        {
            parent.Parts.Add(new IndexNode(role, code, IndexNode.Unknown) { Note = $"'{code}' at byte offset {start.ToString(CultureInfo.InvariantCulture)} is not the code of {(noun == "index" ? "an" : "a")} {noun} that is known here" });
            throw new UndescribedException();
        }

        if (++_depth > MaxDepth)
        {
            throw Fault(start, $"more than {MaxDepth} parts lie within each other");
        }

        // Added before it is read: what is known of a damaged part is shown.
        var node = new IndexNode(role, code, kind.Kind);
        parent.Parts.Add(node);
        kind.Read(node);
        _depth--;
    }

    private static void LeaveRest(IndexNode node)
    {
        node.Note = "the rest of this kind is not described";
        throw new UndescribedException();
    }

    private string Code()
    {
        Span<byte> letters = stackalloc byte[4];
        Fill(letters, "the code of four letters");
        var text = new StringBuilder();
        foreach (var letter in letters)
        {
            text.Append(letter is > (byte)' ' and < 127 ? (char)letter : '?');
        }

        return text.ToString();
    }

    private int Int32(string name)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Fill(bytes, name);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private long Int64(string name)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Fill(bytes, name);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private float Single(string name) => BitConverter.Int32BitsToSingle(Int32(name));

    private byte Byte(string name)
    {
        Span<byte> one = stackalloc byte[1];
        Fill(one, name);
        return one[0];
    }

    private bool Boolean(string name) => Byte(name) != 0;

    /// <summary>Reads a number that cannot be negative.</summary>
    private long Count(string name)
    {
        var start = _stream.Position;
        var value = Int64(name);
        return value >= 0 ? value : throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}"));
    }

    /// <summary>Skips an array, and returns the number of its elements.</summary>
    private long SkipArray(string name, int elementSize)
    {
        var start = _stream.Position;
        var count = Count("the length of " + name);
        Skip(start, name, count, elementSize);
        return count;
    }

    private long[] ReadArray(string name)
    {
        var start = _stream.Position;
        var count = Count("the length of " + name);
        CheckSize(start, name, count, sizeof(long));
        var values = new long[count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Count(name);
        }

        return values;
    }

    private void Skip(long start, string name, long count, long elementSize)
    {
        CheckSize(start, name, count, elementSize);
        _stream.Seek(count * elementSize, SeekOrigin.Current);
    }

    private void CheckSize(long start, string name, long count, long elementSize)
    {
        if (elementSize > 0 && count > Left / elementSize)
        {
            throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"{name} has {count} elements of {elementSize} bytes, and only {Left} bytes are left"));
        }
    }

    private void Fill(Span<byte> bytes, string name)
    {
        var start = _stream.Position;
        if (_stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Fault(start, $"the file ends within {name}");
        }
    }

    private static InvalidDataException Fault(long position, string text) => new(string.Create(CultureInfo.InvariantCulture, $"at byte offset {position} {text}; the file is cut off or damaged"));

    /// <summary>The exception that is thrown when a part is not described, and the position of what follows is unknown.</summary>
    private sealed class UndescribedException : Exception;
}
