namespace FaissSdk.Tests;

public class VectorDistancesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(128)]
    public void Distances_match_double_precision(int dimension) => Compare(dimension);

    [Fact]
    public void Distances_match_double_precision_without_the_native_library() =>
        ChildProcess.Run(
            static _ =>
            {
                Assert.False(FaissLibrary.IsAvailable);
                Compare(1);
                Compare(7);
                Compare(128);
            },
            environment: new Dictionary<string, string?> { ["FAISS_SDK_LIBRARY"] = "/absent/libfaiss_c.so" }).AssertReturned();

    private static void Compare(int dimension)
    {
        var (x, y) = (TestData.Uniform(5, dimension), TestData.Uniform(9, dimension, 2));
        var (pairs, products, distances, norms) = (new float[45], new float[9], new float[9], new float[9]);
        VectorDistances.PairwiseL2Squared(x, y, dimension, pairs);
        VectorDistances.InnerProducts(x.AsSpan(0, dimension), y, products);
        VectorDistances.L2Squared(x.AsSpan(0, dimension), y, distances);
        VectorDistances.NormsL2(y, dimension, norms);
        for (var j = 0; j < 9; j++)
        {
            var other = y.AsSpan(j * dimension, dimension);
            for (var i = 0; i < 5; i++)
            {
                var query = x.AsSpan(i * dimension, dimension);
                Assert.Equal(Reference.SquaredDistance(query, other), pairs[(i * 9) + j], Reference.DistanceError(query, other));
            }

            Assert.Equal(Reference.Dot(x.AsSpan(0, dimension), other), products[j], 1e-4);
            Assert.Equal(Reference.SquaredDistance(x.AsSpan(0, dimension), other), distances[j], 1e-4);
            Assert.Equal(Math.Sqrt(Reference.Dot(other, other)), norms[j], 1e-4);
            Assert.Equal(Reference.Dot(other, other), VectorDistances.NormL2Squared(other), 1e-4);
        }

        VectorDistances.NormsL2Squared(y, dimension, norms);
        Assert.Equal(VectorDistances.NormL2Squared(y.AsSpan(0, dimension)), norms[0], 1e-5);
        VectorDistances.RenormalizeL2(y, dimension);
        VectorDistances.NormsL2(y, dimension, norms);
        Assert.All(norms, norm => Assert.Equal(1, norm, 1e-5));
    }

    [Fact]
    public void Distances_of_all_pairs_are_not_negative()
    {
        Native.Require();
        const int Count = 50, Dimension = 64;
        var x = TestData.Uniform(Count, Dimension).Select(component => 100 + component).ToArray();
        var (pairs, strided) = (new float[Count * Count], new float[Count * (Count + 3)]);
        Array.Fill(strided, -1);
        VectorDistances.PairwiseL2Squared(x, x, Dimension, pairs);
        VectorDistances.PairwiseL2Squared(x, Dimension, x, Dimension, Dimension, strided, Count + 3);
        Assert.All(pairs, distance => Assert.True(distance >= 0));
        for (var i = 0; i < Count; i++)
        {
            Assert.All(strided[(i * (Count + 3))..][..Count], distance => Assert.True(distance >= 0));
            Assert.All(strided[((i * (Count + 3)) + Count)..][..3], between => Assert.Equal(-1, between));
        }

        x[0] = float.NaN;
        VectorDistances.PairwiseL2Squared(x, x, Dimension, pairs);
        Assert.True(float.IsNaN(pairs[0]));
    }

    [Fact]
    public void Rows_may_be_strided()
    {
        Native.Require();
        var distances = new float[5];
        VectorDistances.PairwiseL2Squared([0, 0, 9, 1, 1], 3, [0, 0, 3, 4], 2, 2, distances, 3);
        Assert.Equal([0f, 25, 0, 2, 13], distances);
        Assert.Throws<ArgumentException>(() => VectorDistances.PairwiseL2Squared([0, 0, 9, 1], 3, [0, 0], 2, 2, new float[5], 3));
        Assert.Throws<ArgumentException>(() => VectorDistances.PairwiseL2Squared([0, 0, 9, 1, 1], 3, [0, 0, 3, 4], 2, 2, new float[4], 3));
        Assert.Equal("queryStride", Assert.Throws<ArgumentOutOfRangeException>(() => VectorDistances.PairwiseL2Squared([0, 0], 1, [0, 0], 2, 2, new float[1], 3)).ParamName);
    }

    [Fact]
    public void Thresholds_that_would_not_terminate_are_rejected()
    {
        Native.Require();
        Assert.Throws<ArgumentOutOfRangeException>(() => FaissTuning.BlasQueryBlockSize = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => FaissTuning.BlasDatabaseBlockSize = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => FaissTuning.BlasThreshold = -1);
        var (threshold, reservoir, block, database) = (FaissTuning.BlasThreshold, FaissTuning.MinReservoirNeighbors, FaissTuning.BlasQueryBlockSize, FaissTuning.BlasDatabaseBlockSize);
        Assert.Equal((100, 4096, 1024), (reservoir, block, database));
        FaissTuning.BlasThreshold = threshold + 1;
        Assert.Equal(threshold + 1, FaissTuning.BlasThreshold);
        (FaissTuning.BlasThreshold, FaissTuning.MinReservoirNeighbors, FaissTuning.BlasQueryBlockSize, FaissTuning.BlasDatabaseBlockSize) = (threshold, reservoir, block, database);
    }

    [Fact]
    public void Wrong_lengths_are_rejected_by_name()
    {
        Native.Require();
        Assert.Equal("distances", Assert.Throws<ArgumentException>(() => VectorDistances.PairwiseL2Squared(new float[4], new float[4], 2, new float[3])).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => VectorDistances.RenormalizeL2(new float[5], 2)).ParamName);
        Assert.Equal("vector", Assert.Throws<ArgumentException>(() => VectorDistances.InnerProducts([], new float[5], new float[5])).ParamName);
        var memory = new float[8];
        Assert.Contains("overlaps", Assert.Throws<ArgumentException>(() => VectorDistances.PairwiseL2Squared(memory.AsSpan(0, 4), new float[4], 2, memory.AsSpan(0, 4))).Message);
    }
}
