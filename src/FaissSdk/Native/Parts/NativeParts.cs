using System.Globalization;
using System.Text;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Reads the description of the parts of an index that the library itself gives.</summary>
internal static unsafe class NativeParts
{
    private const int Guess = 4096;

    private static readonly OptionalFunction FloatFunction = new(nameof(FaissNative.faiss_sdk_index_parts));
    private static readonly OptionalFunction FactorFunction = new(nameof(FaissNative.faiss_sdk_candidates_per_neighbor));
    private static readonly OptionalFunction BinaryFunction = new(nameof(FaissNative.faiss_sdk_binary_index_parts));

    /// <summary>Returns the number of candidates per neighbor of a refining index.</summary>
    public static float Factor(NativeIndex* index) =>
        FactorFunction.IsPresent ? FaissNative.faiss_sdk_candidates_per_neighbor(index) : FaissNative.faiss_IndexRefineFlat_k_factor(index);

    /// <summary>Gets a value indicating whether the library describes the parts of float indexes.</summary>
    public static bool DescribesFloats => FloatFunction.IsPresent;

    /// <summary>Throws if the library does not describe the parts of float indexes.</summary>
    /// <exception cref="NotSupportedException">The library does not describe them.</exception>
    public static void RequireFloats() => FloatFunction.Require();

    /// <summary>Gets a value indicating whether the library describes the parts of binary indexes.</summary>
    public static bool DescribesBinaries => BinaryFunction.IsPresent;

    /// <summary>Describes an index and all its parts.</summary>
    public static IndexPart Of(NativeIndex* index) =>
        FloatFunction.IsPresent ? Read((nint)index, &FloatText) : ForeignParts.Of(index);

    /// <summary>Describes a binary index and all its parts.</summary>
    public static IndexPart Of(FaissIndexBinary* index) =>
        BinaryFunction.IsPresent ? Read((nint)index, &BinaryText) : ForeignParts.Of(index);

    /// <summary>Limits the number of probes of every part to its lists: fast-scan lists fail with more, and other lists find the same.</summary>
    public static void LimitProbes(IndexPart whole)
    {
        if (!KnownDefects.FastScanProbes.IsPresent)
        {
            return;
        }

        foreach (var part in whole.Lists)
        {
            var lists = (NativeIndex*)part.Object;
            if (FaissNative.faiss_IndexIVF_nprobe(lists) > FaissNative.faiss_IndexIVF_nlist(lists))
            {
                FaissNative.faiss_IndexIVF_set_nprobe(lists, FaissNative.faiss_IndexIVF_nlist(lists));
            }
        }
    }

    private static int FloatText(nint index, byte* text, nuint size, nuint* length) =>
        FaissNative.faiss_sdk_index_parts((NativeIndex*)index, (sbyte*)text, size, length);

    private static int BinaryText(nint index, byte* text, nuint size, nuint* length) =>
        FaissNative.faiss_sdk_binary_index_parts((FaissIndexBinary*)index, (sbyte*)text, size, length);

    private static IndexPart Read(nint index, delegate*<nint, byte*, nuint, nuint*, int> describe)
    {
        var text = new byte[Guess];
        while (true)
        {
            nuint length;
            fixed (byte* bytes = text)
            {
                Status.ThrowIfFailed(describe(index, bytes, (nuint)text.Length, &length));
            }

            if (length <= (nuint)text.Length)
            {
                return Parse(Encoding.UTF8.GetString(text, 0, (int)length));
            }

            text = new byte[length];
        }
    }

    private static IndexPart Parse(string text)
    {
        var lines = text.Split('\n');
        var next = 0;
        return ParsePart(lines, ref next);
    }

    private static IndexPart ParsePart(string[] lines, ref int next)
    {
        var depth = Depth(lines[next]);
        var fields = lines[next++].Split('\t');
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in fields.AsSpan(3))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            facts[field[..equals]] = field[(equals + 1)..];
        }

        var parts = new List<IndexPart>();
        while (next < lines.Length && Depth(lines[next]) == depth + 1)
        {
            parts.Add(ParsePart(lines, ref next));
        }

        return new IndexPart(fields[1], fields[2], facts, parts);
    }

    private static int Depth(string line) => int.Parse(line.AsSpan(0, line.IndexOf('\t', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);
}
