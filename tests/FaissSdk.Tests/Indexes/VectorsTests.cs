namespace FaissSdk.Tests.Indexes;

public class VectorsTests
{
    [Fact]
    public void Residuals_and_labels_of_a_flat_index_are_exact()
    {
        Native.Require();
        using var index = new IndexFlatL2(2);
        index.Add([0, 0, 3, 4]);
        Assert.Equal([1L, 0], index.Assign([3, 3], 2));
        Assert.Equal([1L, 0, -1], index.Assign([3, 3], 3));
        var residual = new float[2];
        index.ComputeResidual([4, 4], 1, residual);
        Assert.Equal([1f, 0], residual);
        var residuals = new float[4];
        index.ComputeResiduals([4, 4, 1, 1], [1, 0], residuals);
        Assert.Equal([1f, 0, 1, 1], residuals);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.ComputeResidual([4, 4], 2, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(1, 2));
    }

    [Fact]
    public void Vectors_go_through_the_codec_or_the_version_is_named()
    {
        Native.Require();
        using var index = new IndexFlatL2(2);
        var error = Record.Exception(() => Assert.Equal([3f, 4], index.Decode(index.Encode([3, 4]))));
        Assert.True(error is null || (error is NotSupportedException && error.Message.Contains("1.7.3")), error?.ToString());
    }
}
