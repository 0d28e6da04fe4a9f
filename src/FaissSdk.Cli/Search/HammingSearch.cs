using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Searches exactly among binary vectors. FAISS 1.7.3 cannot create an index for it.</summary>
internal static class HammingSearch
{
    private const int BitsPerByte = 8;

    /// <summary>Finds the k nearest vectors of every query, nearest first; of equally near vectors, the one with the lowest number.</summary>
    /// <param name="vectors">The vectors (n × size bytes).</param>
    /// <param name="queries">The queries (m × size bytes).</param>
    /// <param name="size">The number of bytes of a vector.</param>
    /// <param name="k">The number of neighbors.</param>
    /// <param name="cancellationToken">Checked before each query.</param>
    /// <returns>Ids and distances (m × k); −1 if there are fewer vectors.</returns>
    /// <exception cref="ArgumentException">An array does not hold the results.</exception>
    public static SearchResult Search(byte[] vectors, byte[] queries, int size, int k, CancellationToken cancellationToken)
    {
        var count = queries.Length / size;
        var length = VectorShape.ResultLength<byte>(queries, size, k, nameof(queries));
        var (distances, ids) = (new float[length], new long[length]);
        Array.Fill(ids, -1);
        Array.Fill(distances, float.MaxValue);
        var options = new ParallelOptions { MaxDegreeOfParallelism = FaissThreads.Default, CancellationToken = cancellationToken };
        Parallel.For(
            0,
            count,
            options,
            () => (Bits: new int[vectors.Length / size], Places: new int[(size * BitsPerByte) + 1]),
            (query, _, buffers) =>
            {
                Nearest(vectors, queries.AsSpan(query * size, size), buffers.Bits, buffers.Places, ids.AsSpan(query * k, k), distances.AsSpan(query * k, k));
                return buffers;
            },
            static _ => { });
        return new SearchResult(k, distances, ids);
    }

    /// <summary>Sorts the vectors by their distances, of which there are few: the places of equally far vectors follow those of all that are nearer.</summary>
    private static void Nearest(ReadOnlySpan<byte> vectors, ReadOnlySpan<byte> query, Span<int> bits, Span<int> places, Span<long> ids, Span<float> distances)
    {
        places.Clear();
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = (int)TensorPrimitives.HammingBitDistance<byte>(query, vectors.Slice(i * query.Length, query.Length));
            places[bits[i]]++;
        }

        var next = 0;
        foreach (ref var place in places)
        {
            (place, next) = (next, next + place);
        }

        for (var i = 0; i < bits.Length; i++)
        {
            var place = places[bits[i]]++;
            if (place < ids.Length)
            {
                (ids[place], distances[place]) = (i, bits[i]);
            }
        }
    }
}
