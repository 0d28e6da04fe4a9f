namespace FaissSdk.Tests.Transforms;

/// <summary>Whitening (PCAW…) of vectors that hardly differ, which divides by numbers near 0.</summary>
public class WhiteningTests
{
    private const int Dimension = 8;

    [Theory]
    [InlineData("PCAW4,Flat")]
    [InlineData("PCAWR4,IVF4,Flat")]
    [InlineData("PCAW4,IVF4,SQ8")]
    [InlineData("PCAW4,IVF4,RQ2x4fs_32_Nrq2x4")]
    [InlineData("IDMap,PCAW4,Flat")]
    public void Vectors_that_would_overflow_are_refused(string description)
    {
        Native.RequireOwnSearch();
        using var index = FaissIndex.Create(Dimension, description);
        var tiny = Tiny();
        index.Train(tiny);
        Assert.Contains("multiply by", Assert.Throws<ArgumentException>(() => TestData.Add(index, Large())).Message);
        TestData.Add(index, tiny);
        Assert.Contains("multiply by", Assert.Throws<ArgumentException>(() => index.Search(Large(), 1)).Message);
        Assert.Throws<ArgumentException>(() => index.Assign(Large(), 1));
        Assert.Throws<ArgumentException>(() => index.RangeSearch(Large(), 1));

        using var copy = index.Clone();
        Assert.Contains("multiply by", Assert.Throws<ArgumentException>(() => copy.Search(Large(), 1)).Message);
        Assert.Equal(index.Search(tiny, 1).Ids.ToArray(), copy.Search(tiny, 1).Ids.ToArray());
    }

    [Theory]
    [InlineData("PCAW4,Flat")]
    [InlineData("PCAW4,SQ8")]
    public void Equal_vectors_cannot_be_whitened(string description)
    {
        Native.RequireOwnSearch();
        using var index = FaissIndex.Create(Dimension, description);
        Assert.Contains("differ too little", Assert.Throws<ArgumentException>(() => index.Train(new float[100 * Dimension])).Message);
        Assert.Contains("not finite", Assert.Throws<InvalidOperationException>(() => index.Add(new float[Dimension])).Message);
        Assert.Contains("not finite", Assert.Throws<InvalidOperationException>(() => index.Search(new float[Dimension], 1)).Message);
    }

    private static float[] Tiny() => [.. TestData.Uniform(300, Dimension).Select(component => component * 1e-19f)];

    private static float[] Large() => [.. TestData.Uniform(3, Dimension).Select(component => component * 10)];
}
