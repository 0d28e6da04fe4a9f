using System.Numerics;
using FaissSdk.Tests.Files;

namespace FaissSdk.Tests.Indexes;

/// <summary>Creates binary vectors (n × d / 8 bytes) and indexes of them, and computes Hamming distances.</summary>
internal static class BinaryVectors
{
    // The offset of the number of probes in a file: after the header and the number of lists.
    private const int ProbesOffset = 33;

    public static byte[] Random(int count, int dimension, int seed = 1)
    {
        var vectors = new byte[count * dimension / 8];
        new Random(seed).NextBytes(vectors);
        return vectors;
    }

    public static int Hamming(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += BitOperations.PopCount((uint)(x[i] ^ y[i]));
        }

        return sum;
    }

    /// <summary>Computes the distances of one query to all vectors.</summary>
    public static int[] Distances(ReadOnlySpan<byte> query, ReadOnlySpan<byte> vectors)
    {
        var distances = new int[vectors.Length / query.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = Hamming(query, vectors.Slice(i * query.Length, query.Length));
        }

        return distances;
    }

    /// <summary>Creates an index of all vectors; where FAISS cannot, loads it from a file that the test writes.</summary>
    /// <remarks>The ids of ID maps are 1000, 1001, … in a created index, and 0, 1, … in a loaded one.</remarks>
    public static IndexBinary Index(string description, int dimension, byte[] vectors, string folder)
    {
        Tests.Native.Require();
        if (!FaissLibrary.Supports("faiss_index_binary_factory") || description == "BFromFloat")
        {
            return IndexBinary.Load(Write(description, dimension, vectors, folder));
        }

        var index = IndexBinary.Create(dimension, description);
        index.Train(vectors);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(1000, vectors.Length / index.CodeSize).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        if (index is IndexBinaryIVF lists)
        {
            lists.NProbe = lists.NList;
        }

        return index;
    }

    /// <summary>Writes a file of an index of all vectors that every version of FAISS reads; a search probes all inverted lists.</summary>
    public static string Write(string description, int dimension, byte[] vectors, string folder)
    {
        Tests.Native.Require();
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        new BinaryIndexWriter(dimension / 8, vectors).Write(description, path, kind =>
        {
            using var floats = FaissIndex.Create(dimension, kind);
            floats.Add(Signs(vectors));
            floats.Save(path + ".float");
            return File.ReadAllBytes(path + ".float");
        });
        if (description.StartsWith("BIVF", StringComparison.Ordinal))
        {
            using var file = File.OpenWrite(path);
            file.Position = ProbesOffset;
            file.Write(BitConverter.GetBytes(16L));
        }

        return path;
    }

    // FAISS numbers the bits from the least significant one.
    private static float[] Signs(byte[] vectors)
    {
        var signs = new float[vectors.Length * 8];
        for (var i = 0; i < signs.Length; i++)
        {
            signs[i] = (vectors[i / 8] >> (i % 8) & 1) * 2 - 1;
        }

        return signs;
    }
}
