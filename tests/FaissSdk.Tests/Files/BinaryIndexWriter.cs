using System.Text;

namespace FaissSdk.Tests.Files;

/// <summary>Writes files of binary indexes in the format of FAISS, for versions whose C API cannot create the indexes.</summary>
/// <param name="codeSize">The bytes of a vector.</param>
/// <param name="codes">The vectors (n × d / 8).</param>
internal sealed class BinaryIndexWriter(int codeSize, byte[] codes)
{
    private const int HashBits = 8;
    private const int Hashes = 2;
    private const int Lists = 16;

    private readonly long _count = codes.Length / codeSize;

    public static IReadOnlyList<string> Descriptions { get; } = ["BFlat", "BFromFloat", "BIVF16", "BHNSW8", "BHash8", "BHash2x8", "IDMap,BFlat", "IDMap2,BFlat"];

    /// <summary>Writes the file of an index.</summary>
    /// <param name="description">One of <see cref="Descriptions"/>.</param>
    /// <param name="path">The file.</param>
    /// <param name="floatFile">Returns the file of a float index with as many components as the vectors have bits, which some binary indexes contain as a whole or in part.</param>
    public void Write(string description, string path, Func<string, byte[]> floatFile)
    {
        using var file = new BinaryWriter(File.Create(path));
        switch (description)
        {
            case "BFlat":
                WriteFlat(file, codes);
                break;
            case "BFromFloat":
                WriteHeader(file, "IBFf", _count);
                file.Write(floatFile("Flat"));
                break;
            case "BIVF16":
                WriteHeader(file, "IBwF", _count);
                WriteInvertedLists(file);
                break;
            case "BHNSW8":
                WriteHeader(file, "IBHf", _count);
                file.Write(Graph(floatFile("HNSW8")));
                WriteFlat(file, codes);
                break;
            case "BHash8":
                WriteHeader(file, "IBHh", _count);
                WriteHash(file);
                break;
            case "BHash2x8":
                WriteHeader(file, "IBHm", _count);
                WriteMultiHash(file);
                break;
            default:
                WriteHeader(file, description.StartsWith("IDMap2", StringComparison.Ordinal) ? "IBM2" : "IBMp", _count);
                WriteFlat(file, codes);
                WriteVector(file, [.. Positions()]);
                break;
        }
    }

    private void WriteHeader(BinaryWriter file, string magic, long count)
    {
        file.Write(Encoding.ASCII.GetBytes(magic));
        file.Write(codeSize * 8);
        file.Write(codeSize);
        file.Write(count);
        file.Write(true);
        file.Write((int)MetricType.L2);
    }

    private void WriteFlat(BinaryWriter file, byte[] held)
    {
        WriteHeader(file, "IBxF", held.Length / codeSize);
        file.Write((long)held.Length);
        file.Write(held);
    }

    private void WriteInvertedLists(BinaryWriter file)
    {
        file.Write((long)Lists);
        file.Write(1L); // probes
        WriteFlat(file, codes[..(Lists * codeSize)]);
        file.Write(false); // no direct map
        file.Write(0L);
        file.Write("ilar"u8);
        file.Write((long)Lists);
        file.Write((long)codeSize);
        file.Write("full"u8);
        var lists = Positions().GroupBy(i => i % Lists).Select(list => list.ToArray()).ToArray();
        WriteVector(file, [.. lists.Select(list => (long)list.Length)]);
        foreach (var list in lists)
        {
            WriteCodes(file, list);
            WriteNumbers(file, list);
        }
    }

    private void WriteHash(BinaryWriter file)
    {
        file.Write(HashBits);
        file.Write(0); // bits to flip
        var lists = Positions().GroupBy(i => codes[i * codeSize]).ToArray();
        file.Write((long)lists.Length);
        file.Write(8); // bits of a length
        file.Write(2L * lists.Length);
        foreach (var list in lists)
        {
            file.Write(list.Key);
            file.Write((byte)list.Count());
        }

        foreach (var list in lists)
        {
            WriteVector(file, [.. list]);
            file.Write((long)list.Count() * codeSize);
            WriteCodes(file, list);
        }
    }

    private void WriteMultiHash(BinaryWriter file)
    {
        WriteFlat(file, codes);
        file.Write(HashBits);
        file.Write(Hashes);
        file.Write(0); // bits to flip
        for (var hash = 0; hash < Hashes; hash++)
        {
            var lists = Positions().GroupBy(i => codes[(i * codeSize) + hash]).ToArray();
            file.Write(8); // bits of a label
            file.Write((long)lists.Length);
            file.Write((2L * lists.Length) + _count);
            foreach (var list in lists)
            {
                file.Write(list.Key);
                file.Write((byte)list.Count());
                file.Write([.. list.Select(i => (byte)i)]);
            }
        }
    }

    /// <summary>Extracts the graph of a float index, which lies between its header and its vectors.</summary>
    private static byte[] Graph(byte[] hnsw)
    {
        const int HeaderSize = 37;
        return hnsw[HeaderSize..hnsw.AsSpan().IndexOf("IxF2"u8)];
    }

    private IEnumerable<long> Positions() => Enumerable.Range(0, (int)_count).Select(i => (long)i);

    private void WriteCodes(BinaryWriter file, IEnumerable<long> list)
    {
        foreach (var i in list)
        {
            file.Write(codes, (int)i * codeSize, codeSize);
        }
    }

    private static void WriteVector(BinaryWriter file, long[] numbers)
    {
        file.Write((long)numbers.Length);
        WriteNumbers(file, numbers);
    }

    private static void WriteNumbers(BinaryWriter file, long[] numbers)
    {
        foreach (var number in numbers)
        {
            file.Write(number);
        }
    }
}
