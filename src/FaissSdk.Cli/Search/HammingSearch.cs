using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Searches exactly among binary vectors. FAISS 1.7.3 cannot create an index for it.</summary>
internal static class HammingSearch
{
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
        Parallel.For(0, count, options, query =>
        {
            var nearest = Nearest(vectors, queries.AsSpan(query * size, size), k);
            for (var i = 0; i < nearest.Length; i++)
            {
                (ids[(query * k) + i], distances[(query * k) + i]) = (nearest[i].Id, nearest[i].Distance);
            }
        });
        return new SearchResult(k, distances, ids);
    }

    private static (int Distance, int Id)[] Nearest(byte[] vectors, ReadOnlySpan<byte> query, int k)
    {
        var all = new (int Distance, int Id)[vectors.Length / query.Length];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = ((int)TensorPrimitives.HammingBitDistance<byte>(query, vectors.AsSpan(i * query.Length, query.Length)), i);
        }

        Array.Sort(all);
        return all[..Math.Min(k, all.Length)];
    }
}
