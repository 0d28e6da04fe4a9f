namespace FaissSdk.Tests.Indexes;

/// <summary>Checks indexes that store vectors in levels.</summary>
public class PanoramaTests
{
    private const int Dimension = 16;
    private const int Size = 300;

    public static TheoryData<string, MetricType> Kinds => new()
    {
        { "FlatL2Panorama1", MetricType.L2 },
        { "FlatL2Panorama4", MetricType.L2 },
        { "FlatIPPanorama4", MetricType.InnerProduct },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Vectors_are_those_that_were_added(string description, MetricType metric)
    {
        using var index = Filled(description, metric, out var vectors);
        Assert.Equal(vectors, index.CopyVectors());
        Assert.Equal(vectors, index.ReconstructRange(0, Size));
        using (var first = new IDSelectorRange(0, 100))
        {
            index.Remove(first);
        }

        Assert.Equal(vectors[(100 * Dimension)..], index.CopyVectors());
        index.Reset();
        Assert.Empty(index.CopyVectors());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Distances_to_given_vectors_are_those_of_a_flat_index(string description, MetricType metric)
    {
        using var index = Filled(description, metric, out var vectors);
        using var flat = new IndexFlat(Dimension, metric);
        flat.Add(vectors);
        long[] ids = [5, 299, -1, 0, 130, 5];
        var queries = TestData.Integers(2, Dimension, 7);
        var (expected, distances) = (new float[6], new float[6]);
        flat.ComputeDistanceSubset(queries, ids, expected);
        index.ComputeDistanceSubset(queries, ids, distances);
        Assert.Equal(expected, distances);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Copies_find_the_same_vectors(string description, MetricType metric)
    {
        using var index = Filled(description, metric, out var vectors);
        var expected = index.Search(vectors, 5);
        using var clone = index.Clone();
        using var loaded = FaissIndex.Deserialize(index.Serialize());
        foreach (var copy in new[] { clone, loaded })
        {
            var found = copy.Search(vectors, 5);
            Assert.Equal(expected.Ids, found.Ids);
            Assert.Equal(expected.Distances, found.Distances);
            Assert.Equal(vectors, ((IndexFlat)copy).CopyVectors());
        }
    }

    [Theory]
    [InlineData("FlatL2Panorama4_64", MetricType.L2)]
    [InlineData("FlatIPPanorama4_64", MetricType.InnerProduct)]
    public void Searches_for_more_neighbors_than_a_batch_name_the_limit(string description, MetricType metric)
    {
        using var index = Filled(description, metric, out var vectors);
        var query = vectors.AsSpan(0, Dimension).ToArray();
        Assert.DoesNotContain(-1L, index.Search(query, 64).Ids.ToArray());
        var error = Assert.Throws<FaissException>(() => index.Search(query, 65));
        Assert.Contains("create it with greater batches", error.Message, StringComparison.Ordinal);
        Assert.Equal(Size, index.RangeSearch(query, metric == MetricType.L2 ? float.MaxValue : float.MinValue).TotalCount);
    }

    [Theory]
    [InlineData("SQ8,Refine(FlatL2Panorama4)")]
    [InlineData("IVF4,SQ8,Refine(FlatL2Panorama4)")]
    [InlineData("SQ8,RefinePanorama(FlatL2Panorama4_1)")]
    public void Refined_distances_are_exact_or_refused(string description)
    {
        Require();
        if (Record.Exception(() => FaissIndex.Create(Dimension, description).Dispose()) is { } error)
        {
            Assert.True(error is ArgumentException, error.ToString());
            Assert.DoesNotContain("RefinePanorama", description, StringComparison.Ordinal);
            return;
        }

        using var index = FaissIndex.Create(Dimension, description);
        var vectors = TestData.Integers(Size, Dimension);
        index.Train(vectors);
        index.Add(vectors);
        if (description.StartsWith("IVF", StringComparison.Ordinal))
        {
            index.SetParameter("nprobe", 4);
        }

        index.SetParameter("k_factor_rf", 10);
        var found = index.Search(vectors, 1);
        Assert.All(found.Distances.ToArray(), distance => Assert.InRange(distance, -0.01f, 0.01f));
    }

    private static IndexFlat Filled(string description, MetricType metric, out float[] vectors)
    {
        Require();
        var index = (IndexFlat)FaissIndex.Create(Dimension, description, metric);
        vectors = TestData.Integers(Size, Dimension);
        index.Add(vectors);
        return index;
    }

    private static void Require() => Assert.SkipUnless(Native.IsAvailable && IndexKind.IsNewFaiss, "Panorama by inner product needs FAISS 1.14.0.");
}
