using FaissSdk.Tests.KMeansTests;

namespace FaissSdk.Tests.Indexes;

/// <summary>Checks exact indexes on cases.</summary>
internal static class FlatLaw
{
    /// <summary>Fills an index and a list by the same calls: two additions with a removal between them.</summary>
    public static void Fill(FlatCase of, IFlatIndex index, PlainList list)
    {
        var (vectors, ids) = (of.CreateVectors(), of.CreateIds());
        var half = of.Count / 2;
        Add(vectors[..(half * of.Dimension)], ids[..half]);
        var random = new Random(of.Seed + 4);
        var removed = Enumerable.Range(0, half).Where(_ => random.Next(100) < of.Removed).Select(i => of.Ids == 0 ? i : ids[i]).ToHashSet();
        var count = of.Seed % 2 == 0 ? index.Remove([.. removed]) : index.Remove(IdFilter.FromPredicate(removed.Contains));
        Assert.Equal(list.Remove(removed.Contains, renumbers: of.Ids == 0), count);
        Add(vectors[(half * of.Dimension)..], ids[half..]);
        Assert.Equal(list.Count, index.Count);

        void Add(float[] some, long[] keys)
        {
            if (of.Ids == 0)
            {
                index.Add(some);
            }
            else
            {
                index.AddWithIds(some, keys);
            }

            list.Add(some, of.Ids == 0 ? null : keys);
        }
    }

    public static ManagedFlatIndex Create(FlatCase of) => of.Normalizes ? ManagedFlatIndex.CreateCosine(of.Dimension, of.Storage) : new ManagedFlatIndex(of.Dimension, of.Metric, of.Storage);

    /// <summary>Compares a search with the list, bit for bit.</summary>
    public static Verdict CheckBits(FlatCase of, SearchResult result, PlainList list)
    {
        var (queries, filter) = (of.CreateQueries(), of.CreateFilter());
        var none = of.Metric == MetricType.L2 ? float.MaxValue : float.MinValue;
        for (var query = 0; query < of.Queries; query++)
        {
            var expected = list.Search(queries.AsSpan(query * of.Dimension, of.Dimension), filter);
            for (var i = 0; i < of.K; i++)
            {
                var (id, distance) = i < expected.Length ? expected[i] : (-1, none);
                var found = (query * of.K) + i;
                if (result.Ids[found] != id || result.Distances[found] != distance)
                {
                    return Verdict.Broken($"neighbor {i} of query {query} is {result.Ids[found]} at {result.Distances[found]:R}, expected {id} at {distance:R}");
                }
            }
        }

        return Verdict.Kept;
    }

    /// <summary>Compares a search of FAISS with the list: distances up to rounding, and other ids only where distances are that close.</summary>
    public static Verdict CheckRounding(FlatCase of, SearchResult result, PlainList list)
    {
        var (queries, filter) = (of.CreateQueries(), of.CreateFilter());
        var ties = 0;
        var norms = list.Ids.ToDictionary(id => id, id => Norm(list[id]));
        for (var query = 0; query < of.Queries; query++)
        {
            var x = queries.AsSpan(query * of.Dimension, of.Dimension);
            var expected = list.Search(x, filter);
            var longest = expected.Select(pair => norms[pair.Id]).Append(of.Normalizes ? 1 : Norm(x)).Max();

            // FAISS computes |x|² + |c|² − 2x·c of many queries, each term with an error of γ.
            var bound = (4.2 * ScoreError.Gamma(of.Dimension) * 4 * longest * longest) + 1e-36;
            for (var i = 0; i < of.K; i++)
            {
                var found = (query * of.K) + i;
                var id = result.Ids[found];
                if (i >= expected.Length ? id != -1 : id == -1 || Math.Abs(result.Distances[found] - expected[i].Distance) > bound)
                {
                    return Verdict.Broken($"neighbor {i} of query {query} is {id} at {result.Distances[found]:R}, expected {(i < expected.Length ? expected[i] : (-1, 0))} within {bound:G3}");
                }

                if (i < expected.Length && id != expected[i].Id)
                {
                    ties++;
                    if (Math.Abs(expected.Single(pair => pair.Id == id).Distance - expected[i].Distance) > 2 * bound)
                    {
                        return Verdict.Broken($"neighbor {i} of query {query} is {id}, which is not as near as {expected[i]}");
                    }
                }
            }
        }

        return ties == 0 ? Verdict.Kept : Verdict.Excused("ties");
    }

    private static double Norm(ReadOnlySpan<float> vector) => Math.Sqrt(VectorNorms.Precise(vector));
}
