namespace FaissSdk.Tests.Indexes;

/// <summary>Inverted lists whose quantizer receives the centroids of the managed k-means.</summary>
public class TrainCoarseTests
{
    private const int Dimension = 16;

    [Theory]
    [InlineData("IVF32,Flat", MetricType.L2)]
    [InlineData("IVF32,Flat", MetricType.InnerProduct)]
    [InlineData("IVF32,SQ8", MetricType.L2)]
    [InlineData("IVF32,PQ4x4", MetricType.L2)]
    [InlineData("IVF32,PQ8x4fs", MetricType.L2)]
    [InlineData("IVF32_HNSW16,Flat", MetricType.L2)]
    public void The_quantizer_holds_the_centroids_of_the_managed_k_means(string description, MetricType metric)
    {
        Native.Require();
        var vectors = TestData.Clustered(3000, Dimension, 40);
        if (metric == MetricType.InnerProduct)
        {
            VectorMath.Normalize(vectors, Dimension);
        }

        using var index = (IndexIVF)FaissIndex.Create(Dimension, description, metric);
        var reported = new List<int>();
        var result = index.TrainCoarse(vectors, progress: new Progress(step => reported.Add(step.Iteration)));
        var expected = ManagedKMeans.Train(vectors, Dimension, 32, new() { MaxIterations = 10, Spherical = metric == MetricType.InnerProduct });
        Assert.Equal(expected.Centroids, result.Centroids);
        Assert.Equal(result.Iterations.Select(step => step.Iteration), reported);
        Assert.True(index.IsTrained);
        Assert.Equal(32, index.Quantizer.Count);
        Assert.Equal(expected.Centroids, index.Quantizer.ReconstructRange(0, 32));

        // A list holds the vectors of its cluster; the graph may miss the nearest centroid of a few.
        index.Add(vectors);
        var labels = expected.Assign(vectors);
        var moved = Enumerable.Range(0, 32).Sum(list => index.GetListIds(list).Count(id => labels[id] != list && !IsTie(vectors, id, expected.Centroids, list, labels[id])));
        Assert.InRange(moved, 0, description.Contains("HNSW", StringComparison.Ordinal) ? 150 : 0);
        index.NProbe = 32;
        var found = index.Search(vectors.AsSpan(0, 100 * Dimension), 10);
        Assert.True(Enumerable.Range(0, 100).Count(i => found[i].Ids.Contains(i)) >= 90);
    }

    [Fact]
    public void Centroids_of_other_trainings_are_kept_by_Train()
    {
        Native.Require();
        var vectors = TestData.Clustered(3000, Dimension, 40);
        var result = ManagedKMeans.Train(VectorSequence.FromMemory(vectors, Dimension), 20, new() { MaxPointsPerCentroid = int.MaxValue });
        using var index = (IndexIVF)FaissIndex.Create(Dimension, "IVF20,SQ8");
        index.SetCentroids(result.Centroids);
        Assert.False(index.IsTrained);
        index.Train(vectors);
        Assert.Equal(result.Centroids, index.Quantizer.ReconstructRange(0, 20));
        index.Add(vectors);
        Assert.Equal(3000, index.Count);
    }

    [Fact]
    public void A_canceled_k_means_leaves_the_quantizer_empty()
    {
        Native.Require();
        using var index = (IndexIVF)FaissIndex.Create(Dimension, "IVF20,SQ8");
        using var ending = new CancellationTokenSource();
        var vectors = TestData.Uniform(3000, Dimension);
        Assert.ThrowsAny<OperationCanceledException>(() => index.TrainCoarse(vectors, progress: new Progress(_ => ending.Cancel()), cancellationToken: ending.Token));
        Assert.Equal(0, index.Quantizer.Count);
        Assert.False(index.IsTrained);
        index.TrainCoarse(vectors);
        Assert.True(index.IsTrained);
    }

    [Fact]
    public void A_quantizer_that_is_trained_alone_is_rejected()
    {
        Native.Require();
        using var index = (IndexIVF)FaissIndex.Create(Dimension, "IMI2x3,Flat");
        Assert.Contains("does not take centroids", Assert.Throws<NotSupportedException>(() => index.TrainCoarse(TestData.Uniform(3000, Dimension))).Message);
        Assert.Throws<NotSupportedException>(() => index.SetCentroids(new float[64 * Dimension]));
    }

    [Fact]
    public void A_quantizer_of_lists_is_rejected()
    {
        Native.Require();
        using var index = (IndexIVF)FaissIndex.Create(Dimension, "IVF16(IVF4,Flat),Flat");
        Assert.Contains("does not take centroids", Assert.Throws<NotSupportedException>(() => index.TrainCoarse(TestData.Uniform(3000, Dimension))).Message);
    }

    [Fact]
    public void A_quantizer_with_centroids_is_rejected()
    {
        Native.Require();
        using var index = (IndexIVF)FaissIndex.Create(Dimension, "IVF20,Flat");
        index.TrainCoarse(TestData.Uniform(3000, Dimension));
        Assert.Contains("holds 20 centroids already", Assert.Throws<InvalidOperationException>(() => index.TrainCoarse(TestData.Uniform(3000, Dimension))).Message);
        index.Add(TestData.Uniform(10, Dimension));
        Assert.Contains("holds 10 vectors", Assert.Throws<InvalidOperationException>(() => index.SetCentroids(new float[20 * Dimension])).Message);
    }

    // FAISS adds squared lengths and products in single precision: each distance is off by (d + 2) · 2⁻²³ · (|x| + |c|)² at most.
    private static bool IsTie(ReadOnlySpan<float> vectors, long id, ReadOnlySpan<float> centroids, int list, long label)
    {
        var vector = vectors.Slice((int)id * Dimension, Dimension);
        var (first, second) = (Distance(vector, centroids.Slice(list * Dimension, Dimension)), Distance(vector, centroids.Slice((int)label * Dimension, Dimension)));
        return Math.Abs(first.Squared - second.Squared) <= (Dimension + 2) * Math.Pow(2, -23) * (first.Scale + second.Scale);
    }

    private static (double Squared, double Scale) Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> c)
    {
        double squared = 0, lengthOfX = 0, lengthOfC = 0;
        for (var i = 0; i < x.Length; i++)
        {
            squared += ((double)x[i] - c[i]) * ((double)x[i] - c[i]);
            lengthOfX += (double)x[i] * x[i];
            lengthOfC += (double)c[i] * c[i];
        }

        return (squared, Math.Pow(Math.Sqrt(lengthOfX) + Math.Sqrt(lengthOfC), 2));
    }

    private sealed class Progress(Action<KMeansIteration> action) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => action(value);
    }
}
