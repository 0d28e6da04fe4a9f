namespace FaissSdk.Tests.Indexes;

/// <summary>Lists of a multi-index quantizer, which FAISS visits twice if several centroids are at equal distances.</summary>
public class MultiIndexTests
{
    private const int Dimension = 6;
    private const int Lists = 64;
    private const int Count = 20;

    // FAISS leaves out as many centroids as it returns twice.
    private const int Visited = 12;

    // Five vectors four times each, so that many centroids are equally far from them.
    private static readonly float[] Points = [.. Enumerable.Range(0, Count * Dimension).Select(i => (float)(((i / Dimension * 7) + (i % Dimension) + 13) % 5))];

    [Fact]
    public void No_vector_is_found_twice()
    {
        using var index = Create();
        var query = Points.AsSpan(0, Dimension);
        foreach (var k in (int[])[1, 7, 10, Count, 2 * Count])
        {
            AssertDistinct(index.Search(query, k).Ids, Math.Min(k, Visited));
            var ids = new long[k];
            index.Assign(query, k, ids);
            AssertDistinct(ids, Math.Min(k, Visited));
        }

        AssertDistinct(index.RangeSearch(query, 1e9f).Ids, Visited);
    }

    [Fact]
    public void Vectors_that_were_added_twice_are_found_twice()
    {
        using var index = Create();
        index.AddWithIds(Points.AsSpan(0, Dimension), [0]);

        Assert.Equal(2, index.Search(Points.AsSpan(0, Dimension), 5).Ids.ToArray().Count(id => id == 0));
        Assert.Equal(2, index.RangeSearch(Points.AsSpan(0, Dimension), 0.1f).Ids.ToArray().Count(id => id == 0));
    }

    [Fact]
    public void No_vector_of_a_whole_is_found_twice()
    {
        using var part = Create();
        using var shards = new IndexShards(Dimension, threaded: false, successiveIds: true);
        shards.AddShard(part);
        AssertDistinct(shards.Search(Points.AsSpan(0, Dimension), 10).Ids, 10);
    }

    [Fact]
    public void What_belongs_to_a_vector_is_not_found_twice()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_search_and_get_codes"), "This library finds no codes.");
        using var index = Create();
        var query = Points.AsSpan(0, Dimension);

        var found = index.SearchAndReconstruct(query, 10, out var vectors);
        var coded = index.SearchAndGetCodes(query, 10, out var codes);

        foreach (var ids in (long[][])[found.Ids.ToArray(), coded.Ids.ToArray()])
        {
            Assert.Equal(ids.Where(id => id >= 0), ids.Where(id => id >= 0).Distinct());
        }

        for (var i = 0; i < 10; i++)
        {
            var id = found.Ids[i];
            var code = codes.AsSpan(i * codes.Length / 10, codes.Length / 10);
            Assert.Equal(id < 0 ? Enumerable.Repeat(float.NaN, Dimension) : Points.Skip((int)id * Dimension).Take(Dimension), vectors.Skip(i * Dimension).Take(Dimension));
            if (coded.Ids[i] < 0)
            {
                Assert.False(code.ContainsAnyExcept(byte.MaxValue));
            }
            else
            {
                Assert.Equal(Points.Skip((int)coded.Ids[i] * Dimension).Take(Dimension), index.Decode(code));
            }
        }
    }

    private static void AssertDistinct(ReadOnlySpan<long> ids, int count)
    {
        long[] found = [.. ids.ToArray().Where(id => id >= 0)];
        Assert.Equal(found, found.Distinct());
        Assert.InRange(found.Length, count, ids.Length);
    }

    private static FaissIndex Create()
    {
        Native.Require();
        var index = FaissIndex.Create(Dimension, "IMI2x3,Flat");
        index.Train([.. Enumerable.Range(0, 21 * Dimension).Select(i => (float)(((i / Dimension * 7) + (i % Dimension) + 18) % 5))]);
        index.SetParameter("nprobe", Lists);
        index.Add(Points);
        return index;
    }
}
