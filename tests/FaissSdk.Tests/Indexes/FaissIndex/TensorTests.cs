using System.Numerics.Tensors;

namespace FaissSdk.Tests.Indexes;

public class TensorTests
{
    [Fact]
    public void Tensors_behave_like_spans()
    {
        Native.Require();
        var vectors = TestData.Uniform(100, 4);
        var tensor = new ReadOnlyTensorSpan<float>(vectors, [100, 4]);
        using var index = new IndexFlatL2(4);
        index.Train(tensor);
        index.Add(tensor);
        Assert.Equal(100, index.Count);
        Assert.Equal(index.Search(vectors, 3).Ids, index.Search(tensor, 3).Ids);
        Assert.Equal(index.Assign(vectors, 2), index.Assign(tensor, 2));
    }

    [Fact]
    public void Tensors_may_be_strided()
    {
        Native.Require();
        var wide = TestData.Uniform(10, 6);
        using var index = new IndexFlatL2(4);
        index.Add(new ReadOnlyTensorSpan<float>(wide, [10, 4], [6, 1]));
        Assert.Equal(10, index.Count);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(wide[(i * 6)..((i * 6) + 4)], index.Reconstruct(i));
        }
    }

    [Fact]
    public void Wrong_shapes_are_rejected()
    {
        Native.Require();
        using var index = new IndexFlatL2(4);
        Assert.Contains("rank 1", Assert.Throws<ArgumentException>(() => index.Add(new ReadOnlyTensorSpan<float>(new float[8], [8]))).Message);
        Assert.Contains("rank 3", Assert.Throws<ArgumentException>(() => index.Add(new ReadOnlyTensorSpan<float>(new float[8], [1, 2, 4]))).Message);
        Assert.Contains("(4, 2)", Assert.Throws<ArgumentException>(() => index.Search(new ReadOnlyTensorSpan<float>(new float[8], [4, 2]), 1)).Message);
    }
}
