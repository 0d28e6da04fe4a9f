namespace FaissSdk.Tests.Indexes;

/// <summary>Searches of several indexes at a time that share search parameters or a selector, in processes of their own.</summary>
public class SharedParametersTests
{
    private const int Dimension = 8;

    [Theory]
    [InlineData("IDMap,Flat;Flat")]
    [InlineData("IDMap,Flat;IDMap2,Flat")]
    [InlineData("IDMap2,RR8,Flat;SQ8;HNSW16")]
    [InlineData("IDMap,IVF16,Flat;IVF16,Flat;RR8,IVF16,Flat")]
    public void Indexes_share_search_parameters(string kinds)
    {
        Native.RequireParameters();
        ChildProcess.Run(SearchAtOnce, kinds).AssertReturned();
    }

    [Fact]
    public void A_transform_and_its_ID_map_share_search_parameters()
    {
        Native.RequireParameters();
        ChildProcess.Run(SearchPartAndWhole).AssertReturned();
    }

    private static void SearchAtOnce(string kinds)
    {
        var vectors = TestData.Uniform(640, Dimension);
        var indexes = kinds.Split(';').Select(kind => Filled(kind, vectors)).ToArray();
        using var batch = new IDSelectorBatch([.. Enumerable.Range(0, 200).Select(i => 3L * i)]);
        using var parameters = kinds.Contains("IVF", StringComparison.Ordinal) ? new SearchParametersIVF(batch, 16) : new SearchParameters(batch);
        using var others = kinds.Contains("IVF", StringComparison.Ordinal) ? new SearchParametersIVF(batch, 16) : new SearchParameters(batch);
        Search(indexes, vectors, parameters, others);
    }

    private static void SearchPartAndWhole(string argument)
    {
        var vectors = TestData.Uniform(640, Dimension);
        using var flat = new IndexFlatL2(Dimension);
        using var map = new IndexIDMap(flat);
        using var whole = new IndexPreTransform(map);
        whole.AddWithIds(vectors, [.. Enumerable.Range(0, 640).Select(i => 640L - i)]);
        using var range = new IDSelectorRange(10, 500);
        using var parameters = new SearchParameters(range);
        Search([flat, map, whole], vectors, parameters, parameters);
    }

    private static void Search(FaissIndex[] indexes, float[] vectors, SearchParameters parameters, SearchParameters others)
    {
        var expected = indexes.Select(index => index.Search(vectors.AsSpan(0, 160), 5, parameters).Ids.ToArray()).ToArray();
        var end = DateTime.UtcNow.AddSeconds(2);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            for (var i = thread; DateTime.UtcNow < end; i++)
            {
                var number = i % indexes.Length;
                Assert.Equal(expected[number], indexes[number].Search(vectors.AsSpan(0, 160), 5, thread % 2 == 0 ? parameters : others).Ids.ToArray());
            }
        });
    }

    private static FaissIndex Filled(string kind, float[] vectors)
    {
        var index = FaissIndex.Create(Dimension, kind);
        index.Train(vectors);
        if (kind.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, 640).Select(i => 640L - i)]);
        }
        else
        {
            index.Add(vectors);
        }

        return index;
    }
}
