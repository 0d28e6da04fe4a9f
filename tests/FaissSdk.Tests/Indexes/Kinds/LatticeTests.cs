namespace FaissSdk.Tests.Indexes;

/// <summary>A lattice encodes the directions of the parts of vectors, and their lengths between the least and the greatest of training.</summary>
public class LatticeTests
{
    private const int Dimension = 8;

    [Theory]
    [InlineData("1 0 0 0 0 0 1 0")]
    [InlineData("1 0 0 0 0 0 1 0 0 1 0 0 0 0 0 1")]
    [InlineData("1 2 3 4 0 0 0 0 2 4 6 8 0 0 0 0 5 5 5 5 0 0 0 0")]
    [InlineData("0 0 0 0 0 0 0 0")]
    public void Vectors_of_one_length_are_refused(string vectors)
    {
        Native.Require();
        using var index = FaissIndex.Create(Dimension, "ZnLattice2x10_12");
        var training = Array.ConvertAll(vectors.Split(' '), float.Parse);
        Assert.Contains("vectors have equal lengths in part ", Assert.Throws<ArgumentException>(nameof(vectors), () => index.Train(training)).Message, StringComparison.Ordinal);
        Assert.Contains("was trained on vectors of equal lengths in part ", Assert.Throws<InvalidOperationException>(() => index.Encode(training)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => index.Add(training));
        Assert.Throws<InvalidOperationException>(() => index.Serialize());
        var others = TestData.Uniform(100, Dimension);
        index.Train(others);
        Assert.Equal(100 * index.CodeSize, index.Encode(others).Length);
    }

    [Fact]
    public void Vectors_of_one_length_are_refused_behind_a_transform()
    {
        Native.Require();
        using var lattice = FaissIndex.Create(Dimension, "ZnLattice2x10_12");
        using var index = new IndexPreTransform(lattice);
        float[] vectors = [1, 0, 0, 0, 0, 0, 1, 0];
        Assert.Throws<ArgumentException>("vectors", () => index.Train(vectors));
        Assert.Throws<InvalidOperationException>(() => index.Encode(vectors));
        Assert.Throws<InvalidOperationException>(() => lattice.Encode(vectors));
        Assert.Contains("create it anew", Assert.Throws<InvalidOperationException>(() => index.Train(TestData.Uniform(100, Dimension))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scale_has_at_most_24_bits()
    {
        Native.Require();
        FaissIndex.Create(Dimension, "ZnLattice2x10_24").Dispose();
        Assert.Throws<ArgumentException>("description", () => FaissIndex.Create(Dimension, "ZnLattice2x10_25"));
        Assert.Throws<ArgumentException>("description", () => FaissIndex.Create(Dimension, "ZnLattice2x10_64"));
    }
}
