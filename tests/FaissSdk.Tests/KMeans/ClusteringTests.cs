namespace FaissSdk.Tests.KMeansTests;

public class ClusteringTests
{
    [Theory]
    [InlineData("Flat")]
    [InlineData("HNSW8")]
    public void Any_index_can_assign(string kind)
    {
        Native.Require();
        var points = TestData.Clustered(1000, 8, 10);
        using var clustering = new Clustering(8, 10, new() { Iterations = 5 });
        using var index = FaissIndex.Create(8, kind);
        clustering.Train(points, index);
        Assert.Equal(80, clustering.CopyCentroids().Length);
        Assert.Equal(10, index.Count);
        var stats = clustering.CopyIterationStats();
        Assert.InRange(stats.Length, 2, 5);
        Assert.True(stats[^1].Objective <= stats[0].Objective);
        Assert.All(stats, stat => Assert.InRange(stat.Imbalance, 1, 10));
        Assert.All(stats, stat => Assert.InRange(stat.SearchSeconds, 0, stat.Seconds + 0.01));
    }

    [Fact]
    public void Inverted_lists_must_probe_all_lists_to_assign()
    {
        Native.Require();
        var points = TestData.Clustered(1000, 8, 10);
        using var clustering = new Clustering(8, 10, new() { Iterations = 5 });
        using var index = FaissIndex.Create(8, "IVF4,Flat");
        var error = Assert.Throws<ArgumentException>(() => clustering.Train(points, index));
        Assert.Equal("assigner", error.ParamName);
        Assert.Contains("1 of 4 lists", error.Message);
        index.SetParameter("nprobe", 4);
        clustering.Train(points, index);
        Assert.Equal(10, index.Count);
    }

    [Theory]
    [InlineData("PCA4,IVF4,Flat", MetricType.L2)]
    [InlineData("IVF4,Flat,RFlat", MetricType.L2)]
    [InlineData("PQ4x4", MetricType.L2)]
    [InlineData("LSH", MetricType.L2)]
    [InlineData("Flat", MetricType.JensenShannon)]
    [InlineData("Flat", MetricType.Canberra)]
    public void An_index_that_may_leave_points_unassigned_is_rejected(string kind, MetricType metric)
    {
        Native.Require();
        using var clustering = new Clustering(8, 10);
        using var index = FaissIndex.Create(8, kind, metric);
        Assert.Equal("assigner", Assert.Throws<ArgumentException>(() => clustering.Train(TestData.Uniform(500, 8), index)).ParamName);
    }

    [Fact]
    public void An_assigner_without_centroids_is_refused()
    {
        Native.Require();
        Assert.SkipUnless(Indexes.IndexKind.IsNewFaiss, "Codes of no bits need FAISS 1.15.0.");
        using var clustering = new Clustering(4, 2);
        using var empty = FaissIndex.Create(4, "IVF1,SQ0");
        Assert.Contains("no centroids", Assert.Throws<InvalidOperationException>(() => clustering.Train(TestData.Uniform(100, 4), empty)).Message);
    }

    [Fact]
    public void An_assigner_from_a_mapped_file_is_refused()
    {
        Native.RequireMapping();
        using var clustering = new Clustering(4, 2);
        var points = TestData.Uniform(100, 4);
        using var lists = FaissIndex.Create(4, "IVF1,SQfp16");
        using var folder = new TemporaryFolder();
        lists.Train(points);
        lists.Save(Path.Combine(folder.Path, "lists"));
        using var mapped = FaissIndex.Load(Path.Combine(folder.Path, "lists"), IndexReadOptions.Mmap);
        Assert.Contains("mapped", Assert.Throws<InvalidOperationException>(() => clustering.Train(points, mapped)).Message);
        clustering.Train(points, lists);
        Assert.Equal(2, lists.Count);
    }

    [Fact]
    public void SetCentroids_keeps_every_bit_and_records_no_iteration()
    {
        Native.Require();
        var centroids = TestData.Uniform(10, 8, 5);
        using var clustering = new Clustering(8, 10, new() { Iterations = 1, MinPointsPerCentroid = 1 });
        clustering.SetCentroids(centroids);
        Assert.Equal(centroids, clustering.CopyCentroids());
        Assert.Empty(clustering.CopyIterationStats());
    }

    [Fact]
    public void Parameters_round_trip_through_FAISS()
    {
        Native.Require();
        var given = new ClusteringParameters
        {
            Iterations = 3, Redos = 2, Spherical = true, IntegerCentroids = true, UpdateIndex = true, FrozenCentroids = true,
            MinPointsPerCentroid = 7, MaxPointsPerCentroid = 70, Seed = 5, DecodeBlockSize = 99,
        };
        using var clustering = new Clustering(8, 10, given);
        Assert.Equal(given, clustering.Parameters);
        Assert.Equal((8, 10), (clustering.Dimension, clustering.Clusters));
        using var plain = new Clustering(8, 10);
        Assert.Equal(ClusteringParameters.FromLibrary(), plain.Parameters);
        Assert.Equal(new ClusteringParameters(), plain.Parameters);
    }

    [Fact]
    public void KMeansClustering_equals_training_an_object()
    {
        Native.Require();
        var points = TestData.Clustered(1000, 8, 10);
        var centroids = new float[80];
        var objective = Clustering.KMeansClustering(points, 8, centroids);
        using var clustering = new Clustering(8, 10);
        using var index = new IndexFlatL2(8);
        clustering.Train(points, index);
        Assert.Equal(clustering.CopyCentroids(), centroids);
        Assert.Equal(clustering.CopyIterationStats()[^1].Objective, objective);
        Assert.Throws<ArgumentOutOfRangeException>(() => Clustering.KMeansClustering(points, 0, centroids));
        Assert.Equal("centroids", Assert.Throws<ArgumentException>(() => Clustering.KMeansClustering(points, 8, [])).ParamName);
        Assert.Equal("centroids", Assert.Throws<ArgumentException>(() => Clustering.KMeansClustering(points.AsSpan(0, 72), 8, centroids)).ParamName);
        Assert.Equal("points", Assert.Throws<ArgumentException>(() => Clustering.KMeansClustering(Enumerable.Repeat(1e30f, 800).ToArray(), 8, centroids)).ParamName);
    }

    [Fact]
    public void There_are_no_centroids_before_training()
    {
        Native.Require();
        using var clustering = new Clustering(8, 10);
        Assert.Empty(clustering.CopyCentroids());
        Assert.Empty(clustering.CopyIterationStats());
    }

    [Fact]
    public void Argument_errors_name_the_argument()
    {
        Native.Require();
        using var clustering = new Clustering(8, 10);
        using var index = new IndexFlatL2(8);
        using var narrow = new IndexFlatL2(4);
        Assert.Equal("points", Assert.Throws<ArgumentException>(() => clustering.Train(new float[7], index)).ParamName);
        Assert.Equal("points", Assert.Throws<ArgumentException>(() => clustering.Train(new float[72], index)).ParamName);
        Assert.Equal("points", Assert.Throws<ArgumentException>(() => clustering.Train(Enumerable.Repeat(float.NaN, 800).ToArray(), index)).ParamName);
        Assert.Equal("assigner", Assert.Throws<ArgumentException>(() => clustering.Train(new float[800], narrow)).ParamName);
        Assert.Equal("centroids", Assert.Throws<ArgumentException>(() => clustering.SetCentroids(new float[79])).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Clustering(8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Clustering(0, 8));
        Assert.Contains("-1", Assert.Throws<ArgumentOutOfRangeException>(() => new Clustering(8, 8, new() { Seed = -1 })).Message);
    }

    [Fact]
    public void Members_throw_after_dispose()
    {
        Native.Require();
        var clustering = new Clustering(8, 10);
        clustering.Dispose();
        clustering.Dispose();
        using var index = new IndexFlatL2(8);
        Assert.Throws<ObjectDisposedException>(() => clustering.Train(TestData.Uniform(500, 8), index));
        Assert.Throws<ObjectDisposedException>(() => clustering.CopyCentroids());
        Assert.Throws<ObjectDisposedException>(() => clustering.CopyIterationStats());
        using var alive = new Clustering(8, 10);
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => alive.Train(TestData.Uniform(500, 8), index));
    }

    [Theory]
    [InlineData("IVF4,PQ16x4np", "set ht to 64")]
    [InlineData("IVF4_HNSW8,Flat", "use a flat quantizer")]
    public void An_assigner_that_may_find_no_centroid_is_refused(string description, string advice)
    {
        Native.Require();
        using var index = FaissIndex.Create(16, description);
        var points = TestData.Uniform(600, 16);
        index.Train(points);
        index.SetParameter("nprobe", 4);
        if (description.Contains("PQ", StringComparison.Ordinal))
        {
            index.SetParameter("ht", 16);
        }

        using var clustering = new Clustering(16, 2);
        var exception = Assert.Throws<ArgumentException>(() => clustering.Train(points, index));
        Assert.Contains(advice, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unsorted_IndexFlat1D_is_refused_as_assigner_and_stays_unchanged()
    {
        Native.Require();
        using var index = new IndexFlat1D(continuousUpdate: false);
        index.Add([3, 1, 2]);
        using var clustering = new Clustering(1, 2);

        Assert.Contains("continuousUpdate: true", Assert.Throws<ArgumentException>(() => clustering.Train(TestData.Uniform(100, 1), index)).Message, StringComparison.Ordinal);

        Assert.Equal([3, 1, 2], index.CopyVectors());
        using var sorted = new IndexFlat1D();
        clustering.Train(TestData.Uniform(100, 1), sorted);
    }
}
