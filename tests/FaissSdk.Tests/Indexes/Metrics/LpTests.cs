namespace FaissSdk.Tests.Indexes;

public class LpTests
{
    private const int Dimension = 8;
    private const int Size = 300;

    private static readonly float[] Vectors = TestData.Uniform(Size, Dimension);
    private static readonly float[] Queries = TestData.Uniform(10, Dimension, 2);

    [Theory]
    [InlineData("Flat", 0.5f)]
    [InlineData("Flat", 1f)]
    [InlineData("Flat", 3.5f)]
    [InlineData("HNSW16,Flat", 0.5f)]
    [InlineData("HNSW16,Flat", 3.5f)]
    [InlineData("IVF4,Flat", 0.5f)]
    [InlineData("IVF4,Flat", 3.5f)]
    public void Files_and_copies_keep_the_exponent(string description, float exponent)
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss || !description.StartsWith("IVF", StringComparison.Ordinal), $"Lists by Lp need FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version}.");
        using var index = FaissIndex.CreateLp(Dimension, description, exponent);
        Assert.Equal((MetricType.Lp, exponent), (index.Metric, index.MetricArgument));
        index.Train(Vectors);
        index.Add(Vectors);
        using var loaded = FaissIndex.Deserialize(index.Serialize());
        using var copy = index.Clone();
        foreach (var other in new[] { index, loaded, copy })
        {
            Assert.Equal(exponent, other.MetricArgument);
            _ = Record.Exception(() => other.SetParameter("nprobe", 4));
            _ = Record.Exception(() => other.SetParameter("efSearch", 300));
            AssertNearest(other, exponent);
        }
    }

    [Fact]
    public void Powers_beyond_a_float_are_refused()
    {
        Native.Require();
        using var index = FaissIndex.CreateLp(2, "Flat", 20);
        index.Add([30, -30]);
        Assert.Throws<ArgumentException>("vectors", () => index.Add([100, 0]));
        Assert.Throws<ArgumentException>("vectors", () => index.Add([float.NaN, 0]));
        Assert.Throws<ArgumentException>("queries", () => index.Search([0, -100], 1));
        Assert.True(float.IsFinite(index.Search([-30, 30], 1)[0].Distances[0]));
    }

    [Fact]
    public void Other_metrics_have_no_exponent()
    {
        Native.Require();
        using var index = new IndexFlat(Dimension, MetricType.L1);
        Assert.Equal(0, index.MetricArgument);
        Assert.Throws<NotSupportedException>(() => FaissIndex.CreateLp(Dimension, "SQ8", 3));
    }

    private static void AssertNearest(FaissIndex index, float exponent)
    {
        var found = index.Search(Queries, 3);
        for (var q = 0; q < 10; q++)
        {
            var distances = Enumerable.Range(0, Size).Select(i => Enumerable.Range(0, Dimension).Sum(c => Math.Pow(Math.Abs(Queries[(q * Dimension) + c] - Vectors[(i * Dimension) + c]), exponent))).ToArray();
            var expected = distances.Order().Take(3).ToArray();
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(expected[i], found[q].Distances[i], 1e-4 * (1 + expected[i]));
                Assert.Equal(distances[found[q].Ids[i]], found[q].Distances[i], 1e-4 * (1 + expected[i]));
            }
        }
    }
}
