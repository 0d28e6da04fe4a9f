namespace FaissSdk.Tests.Indexes;

/// <content>Searching.</content>
public sealed partial class IndexContractTests
{
    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_empty_index_finds_nothing(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeTrained();
        foreach (var (queries, k) in new[] { (1, 1), (30, 1), (30, 3) })
        {
            Assert.All(made.Index.Search(kind.Vectors(queries, 2), k).Ids.ToArray(), label => Assert.Equal(-1, label));
            Assert.All(made.Index.Assign(kind.Vectors(queries, 2), k), label => Assert.Equal(-1, label));
        }

        if (kind.Can(IndexAbilities.RangeSearch))
        {
            var found = made.Index.RangeSearch(kind.Vectors(3, 2), 1);
            Assert.Equal((3, 0), (found.QueryCount, found.TotalCount));
        }

        AssertHasNoVector(made.Index, 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Search_finds_the_nearest_vectors(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var (vectors, queries) = (kind.Vectors(Size), kind.Vectors(40, 2));
        var result = filled.Get(kind).Search(queries, K);
        if (kind.IsExact)
        {
            AssertNearest(kind, vectors, queries, result, kind.Components);
        }

        Assert.InRange(Recall(kind, vectors, queries, result), kind.MinRecall, 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Search_finds_the_nearest_among_duplicates(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var vectors = TestData.Duplicates(Size, kind.Components, 12);
        using var made = kind.MakeFilled(vectors);
        var queries = TestData.Integers(30, kind.Components, 3);
        var result = made.Index.Search(queries, K);
        Assert.All(result.Ids.ToArray().Chunk(K), labels => Assert.Distinct(labels.Where(label => label >= 0)));
        if (kind.IsExact)
        {
            // The distances of small integers are exact.
            var all = Distances(kind, vectors, queries, kind.Components);
            for (var i = 0; i < 30; i++)
            {
                Assert.Equal(all[i].Order().Take(K), result.Distances.Slice(i * K, K).ToArray().Select(kind.Signed));
                Assert.Equal(all[i].Order().Take(K), result.Ids.Slice(i * K, K).ToArray().Select(label => all[i][label]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Search_pads_with_minus_one_when_k_exceeds_count(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var result = index.Search(kind.Vectors(3, 2), Size + 5);
        foreach (var labels in result.Ids.ToArray().Chunk(Size + 5))
        {
            Assert.All(labels[Size..], label => Assert.Equal(-1, label));
            Assert.All(labels, label => Assert.InRange(label, -1, Size - 1));
            Assert.Distinct(labels.Where(label => label >= 0));
        }

        var nothing = kind.Metric == MetricType.InnerProduct ? float.MinValue : float.MaxValue;
        Assert.All(result.Distances[^5..].ToArray(), distance => Assert.Equal(nothing, distance));
        Assert.Equal(result.Ids, index.Assign(kind.Vectors(3, 2), Size + 5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Search_finds_all_vectors_when_k_equals_count(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var result = filled.Get(kind).Search(kind.Vectors(3, 2), Size);
        if (kind.IsExact)
        {
            Assert.All(result.Ids.ToArray().Chunk(Size), labels => Assert.Equal(Enumerable.Range(0, Size).Select(i => (long)i), labels.Order()));
        }

        Assert.True(result.Ids.ToArray().Count(label => label >= 0) > Size / 2);
    }

    [Theory]
    [MemberData(nameof(OneDimensional))]
    public void Search_works_in_one_dimension(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.Make(1);
        var (vectors, queries) = (kind.Vectors(Size, 1, 1), kind.Vectors(20, 2, 1));
        made.Index.Train(kind.Vectors(IndexKind.TrainingSize, 1, 1));
        kind.Add(made.Index, vectors);
        var result = made.Index.Search(queries, K);
        if (kind.IsExact)
        {
            AssertNearest(kind, vectors, queries, result, 1);
        }
        else
        {
            Assert.All(result.Ids.ToArray(), label => Assert.InRange(label, 0, Size - 1));
        }
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("Flat by InnerProduct")]
    [InlineData("Flat by L1")]
    public void Search_works_in_2000_dimensions(string name)
    {
        const int Dimension = 2000;
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.Make(Dimension);
        var (vectors, queries) = (kind.Vectors(100, 1, Dimension), kind.Vectors(30, 2, Dimension));
        made.Index.Add(vectors);
        AssertNearest(kind, vectors, queries, made.Index.Search(queries, K), Dimension);
        AssertNearest(kind, vectors, queries.AsSpan(0, Dimension), made.Index.Search(queries.AsSpan(0, Dimension), K), Dimension);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Assign_returns_the_ids_that_Search_finds(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var queries = kind.Vectors(30, 2);
        Assert.Equal(index.Search(queries, 1).Ids, index.Assign(queries));
        Assert.Equal(index.Search(queries, 5).Ids, index.Assign(queries, 5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RangeSearch_finds_all_vectors_within_the_radius(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var vectors = kind.IsExact ? TestData.Integers(Size, kind.Components) : kind.Vectors(Size);
        var queries = kind.IsExact ? TestData.Integers(5, kind.Components, 3) : kind.Vectors(5, 2);
        if (!kind.Can(IndexAbilities.RangeSearch))
        {
            AssertNotSupported(() => filled.Get(kind).RangeSearch(queries, 1));
            return;
        }

        using var made = kind.MakeFilled(vectors);

        // FAISS ≥ 1.15 compares LSH codes with a radius by the squared L2 distance of the query to the decoded code; Search returns Hamming distances.
        var radius = name.Contains("LSH", StringComparison.Ordinal)
            ? made.Index.RangeSearch(queries, float.MaxValue).Distances.ToArray().Order().ElementAt(Size)
            : made.Index.Search(queries, 20).Distances[19];
        if (kind.Metric != MetricType.InnerProduct)
        {
            radius = Math.Max(radius, 0);
        }

        var found = made.Index.RangeSearch(queries, radius);
        Assert.Equal(5, found.QueryCount);
        Assert.NotEqual(0, found.TotalCount);
        var all = Distances(kind, vectors, queries, kind.Components);
        for (var i = 0; i < 5; i++)
        {
            Assert.Distinct(found[i].Ids.ToArray());
            Assert.All(found[i].Ids.ToArray(), label => Assert.InRange(label, 0, Size - 1));
            Assert.All(found[i].Distances.ToArray(), distance => Assert.True(kind.Signed(distance) < kind.Signed(radius), $"{distance} of {radius}"));
            if (kind.IsExact)
            {
                var expected = Enumerable.Range(0, Size).Where(j => all[i][j] < kind.Signed(radius)).Select(j => (long)j);
                Assert.Equal(expected, found[i].Ids.ToArray().Order());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Searching_into_spans_does_not_allocate(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var (query, distances, labels) = (kind.Vectors(1, 2), new float[5], new long[5]);
        index.Search(query, 5, distances, labels);
        index.Assign(query, 5, labels);

        // The runtime allocates now and then, for example when it recompiles a method. An allocation of the search would show in every round.
        var min = long.MaxValue;
        for (var round = 0; round < 3 && min > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                index.Search(query, 5, distances, labels);
                index.Assign(query, 5, labels);
            }

            min = Math.Min(min, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, min);
    }

    /// <summary>Checks that a result holds the nearest vectors in order, each with its distance up to rounding.</summary>
    private static void AssertNearest(IndexKind kind, ReadOnlySpan<float> vectors, ReadOnlySpan<float> queries, SearchResult result, int dimension)
    {
        var all = Distances(kind, vectors, queries, dimension);
        for (var i = 0; i < all.Length; i++)
        {
            var labels = result.Ids.Slice(i * K, K).ToArray();
            Assert.Distinct(labels);
            var nearest = all[i].Order().Take(K).ToArray();
            for (var j = 0; j < K; j++)
            {
                var label = (int)labels[j];
                Assert.InRange(label, 0, all[i].Length - 1);
                var error = Rounding(kind, queries.Slice(i * dimension, dimension), vectors.Slice(label * dimension, dimension));
                var found = kind.Signed(result.Distances[(i * K) + j]);
                Assert.InRange(found, all[i][label] - error, all[i][label] + error);
                Assert.InRange(all[i][label], nearest[j] - (2 * error), nearest[j] + (2 * error));
                Assert.True(j == 0 || found >= kind.Signed(result.Distances[(i * K) + j - 1]));
            }
        }
    }

    // A sum of d differences rounds once for each difference and once for each addition.
    private static double Rounding(IndexKind kind, ReadOnlySpan<float> x, ReadOnlySpan<float> y) =>
        kind.Metric is MetricType.L2 or MetricType.InnerProduct && kind.Name != "IndexFlat1D"
            ? Reference.DistanceError(x, y)
            : (x.Length + 4) * Math.ScaleB(1, -24) * kind.Distance(x, y);
}
