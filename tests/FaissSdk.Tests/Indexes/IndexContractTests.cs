namespace FaissSdk.Tests.Indexes;

public class IndexContractTests
{
    public static TheoryData<string> Kinds => IndexRegistry.Names;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Counts_and_shapes_fit(string kind)
    {
        var traits = IndexRegistry.Find(kind);
        using var made = traits.MakeFilled();
        var index = made.Index;
        Assert.Equal((traits.Components, traits.Metric, IndexKind.Size, true), (index.Dimension, index.Metric, index.Count, index.IsTrained));
        var result = index.Search(traits.Vectors(7, 2), 3);
        Assert.Equal((7, 3, 21, 21), (result.QueryCount, result.K, result.Labels.Length, result.Distances.Length));
    }
}
