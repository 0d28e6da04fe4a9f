namespace FaissSdk.Tests.Search;

public class VectorMathTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(384)]
    public void Normalized_vectors_have_length_1_and_the_same_direction(int dimension)
    {
        var vectors = TestData.Uniform(20, dimension).Select(x => x - 0.5f).ToArray();
        var normalized = VectorMath.Normalized(vectors, dimension);
        for (var i = 0; i < 20; i++)
        {
            var vector = vectors.AsSpan(i * dimension, dimension);
            var scaled = normalized.AsSpan(i * dimension, dimension);
            var length = Math.Sqrt(Reference.Dot(vector, vector));
            for (var j = 0; j < dimension; j++)
            {
                Assert.Equal(vector[j] / length, scaled[j], 1e-6);
            }
        }
    }

    [Fact]
    public void Normalize_writes_in_place_and_to_other_memory()
    {
        float[] vectors = [3, 4, 0, -2];
        var other = new float[4];
        VectorMath.Normalize(vectors, 2, other);
        Assert.Equal([3f, 4, 0, -2], vectors);
        VectorMath.Normalize(vectors, 2);
        Assert.Equal([0.6f, 0.8f, 0, -1], vectors);
        Assert.Equal(vectors, other);
        VectorMath.Normalize(other, 2, other);
        Assert.Equal(vectors, other);
    }

    [Fact]
    public void Lengths_beyond_the_range_of_squares_are_scaled()
    {
        Assert.Equal([0.6f, 0.8f], VectorMath.Normalized([3e37f, 4e37f], 2));
        Assert.Equal([0.6f, 0.8f], VectorMath.Normalized([3e-38f, 4e-38f], 2));
        Assert.Equal([1f, 0f], VectorMath.Normalized([float.Epsilon, 0], 2));
    }

    [Fact]
    public void A_vector_without_a_direction_is_named_and_nothing_is_changed()
    {
        float[] vectors = [3, 4, 0, 0];
        var error = Assert.Throws<ArgumentException>(() => VectorMath.Normalize(vectors, 2));
        Assert.Contains("only zeros in vector 1", error.Message);
        Assert.Equal("vectors", error.ParamName);
        Assert.Equal([3f, 4, 0, 0], vectors);
        Assert.Contains("NaN in vector 1", Assert.Throws<ArgumentException>(() => VectorMath.Normalized([3, 4, 0, float.NaN], 2)).Message);
        Assert.Contains("in vector 0", Assert.Throws<ArgumentException>(() => VectorMath.Normalized([float.PositiveInfinity, 4], 2)).Message);
    }
}
