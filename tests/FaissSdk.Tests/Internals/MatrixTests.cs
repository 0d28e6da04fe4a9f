namespace FaissSdk.Tests.Internals;

public class MatrixTests
{
    private const int Dimension = 8;

    private static readonly float[] Vectors = TestData.Uniform(1000, Dimension);

    [Fact]
    public void The_matrix_of_a_transform_is_what_it_applies()
    {
        RequireMatrices();
        using var pca = new PCAMatrix(Dimension, 3);
        pca.Train(Vectors);

        using var matrix = TransformMatrix.Of(pca);

        Assert.Equal((8, 3, 24, 3), (matrix.InputDimension, matrix.OutputDimension, matrix.Matrix.Length, matrix.Bias.Length));
        AssertApplied(matrix, pca.Apply(Vectors.AsSpan(0, Dimension)));
    }

    [Fact]
    public void A_matrix_that_was_set_is_applied()
    {
        RequireMatrices();
        using var trained = new PCAMatrix(Dimension, 3);
        trained.Train(Vectors);
        using var rotation = new RandomRotationMatrix(Dimension, 3);
        using var matrix = TransformMatrix.Of(trained);

        rotation.SetMatrix(matrix.Matrix, matrix.Bias);

        Assert.True(rotation.IsTrained && rotation.HasBias && rotation.IsOrthonormal);
        Assert.Equal(trained.Apply(Vectors), rotation.Apply(Vectors));
        rotation.SetMatrix(new float[24]);
        Assert.False(rotation.HasBias || rotation.IsOrthonormal);
        Assert.Equal(new float[3], rotation.Apply(Vectors.AsSpan(0, Dimension)));
    }

    [Theory]
    [InlineData("RandomRotationMatrix")]
    [InlineData("PCAMatrix")]
    [InlineData("OPQMatrix")]
    [InlineData("ITQMatrix")]
    public void An_index_with_a_matrix_that_was_set_is_read_again(string type)
    {
        RequireMatrices();
        using LinearTransform transform = type switch
        {
            "RandomRotationMatrix" => new RandomRotationMatrix(Dimension, Dimension),
            "PCAMatrix" => new PCAMatrix(Dimension, Dimension),
            "OPQMatrix" => new OPQMatrix(Dimension, 2),
            _ => new ITQMatrix(Dimension),
        };
        transform.SetMatrix(TestData.Uniform(Dimension, Dimension), TestData.Uniform(1, Dimension, 2));
        using var flat = new IndexFlatL2(Dimension);
        using var index = new IndexPreTransform(transform, flat);
        index.Add(Vectors);
        var expected = index.Search(Vectors, 3);

        using var loaded = FaissIndex.Deserialize(index.Serialize());
        using var copy = index.Clone();
        Assert.Equal(expected.Ids, loaded.Search(Vectors, 3).Ids);
        Assert.Equal(expected.Distances, copy.Search(Vectors, 3).Distances);
    }

    [Fact]
    public void Matrices_within_an_index_are_shown_in_order()
    {
        RequireMatrices();
        using var index = FaissIndex.Create(Dimension, "PCA6,RR4,Flat");
        Assert.Throws<InvalidOperationException>(() => TransformMatrix.AllOf(index));
        index.Train(Vectors);

        var matrices = TransformMatrix.AllOf(index);
        Assert.Equal([(8, 6), (6, 4)], matrices.Select(matrix => (matrix.InputDimension, matrix.OutputDimension)));
        Assert.All(matrices, matrix => matrix.Dispose());
        using var flat = new IndexFlatL2(Dimension);
        Assert.Empty(TransformMatrix.AllOf(flat));
    }

    [Fact]
    public void A_matrix_of_a_part_or_without_training_is_refused()
    {
        RequireMatrices();
        using var rotation = new RandomRotationMatrix(Dimension, 4);
        Assert.Throws<InvalidOperationException>(() => TransformMatrix.Of(rotation));
        using var flat = new IndexFlatL2(4);
        using var index = new IndexPreTransform(rotation, flat);

        Assert.Throws<InvalidOperationException>(() => rotation.SetMatrix(new float[32]));
    }

    [Fact]
    public void What_is_shown_stays_until_it_is_disposed()
    {
        RequireMatrices();
        using var index = FaissIndex.Create(Dimension, "PCA6,PQ2x4");
        index.Train(Vectors);
        using var rotation = new RandomRotationMatrix(Dimension, 4);
        rotation.Train(Vectors);
        var (shown, centroids, own) = (TransformMatrix.AllOf(index)[0], ProductQuantizerCentroids.Of(index), TransformMatrix.Of(rotation));

        Assert.Throws<InvalidOperationException>(() => index.Add(Vectors));
        Assert.Throws<InvalidOperationException>(() => rotation.SetMatrix(new float[32]));
        var first = (shown.Matrix[0], centroids.Values[0]);
        index.Dispose();
        Assert.Equal(first, (shown.Matrix[0], centroids.Values[0]));
        shown.Dispose();
        centroids.Dispose();
        own.Dispose();

        rotation.SetMatrix(new float[32]);
        Assert.Throws<ObjectDisposedException>(() => shown.Matrix.Length);
        Assert.Throws<ObjectDisposedException>(() => shown.Bias.Length);
        Assert.Throws<ObjectDisposedException>(() => centroids.Values.Length);
        Assert.Throws<ObjectDisposedException>(() => TransformMatrix.AllOf(index));
    }

    [Fact]
    public void The_matrix_of_a_part_is_kept_from_changes_of_the_whole()
    {
        RequireMatrices();
        using var rotation = new RandomRotationMatrix(Dimension, 4);
        rotation.Train(Vectors);
        using var flat = new IndexFlatL2(4);
        using var index = new IndexPreTransform(rotation, flat);
        using (TransformMatrix.Of(rotation))
        {
            Assert.Throws<InvalidOperationException>(() => index.Train(Vectors));
        }

        index.Train(Vectors);
    }

    [Theory]
    [InlineData("PQ4x4")]
    [InlineData("IVF8,PQ4x4")]
    [InlineData("IVF8,PQ2x8np")]
    public void Centroids_carry_the_codes_of_another_index(string description)
    {
        RequireMatrices();
        using var single = Native.SingleThread();
        using var source = FaissIndex.Create(Dimension, description);
        source.Train(Vectors);
        using var centroids = ProductQuantizerCentroids.Of(source);
        using var target = FaissIndex.Create(Dimension, description);
        target.Train(TestData.Uniform(1000, Dimension, seed: 3));
        var codes = target.Encode(Vectors);

        centroids.ApplyTo(target);

        Assert.Equal((Dimension, Dimension << centroids.Bits), (centroids.Dimension, centroids.Values.Length));
        Assert.NotEqual(codes, target.Encode(Vectors));
        using (var taken = ProductQuantizerCentroids.Of(target))
        {
            Assert.Equal(centroids.Values, taken.Values);
            Assert.Throws<InvalidOperationException>(() => target.Train(Vectors));
            Assert.Throws<InvalidOperationException>(() => taken.ApplyTo(target));
        }

        if (description.StartsWith("PQ", StringComparison.Ordinal))
        {
            Assert.Equal(source.Encode(Vectors), target.Encode(Vectors));
        }

        target.Add(Vectors);
        target.SetParameter(target is IndexIVF ? "nprobe" : "ht", target is IndexIVF ? 8 : 64);
        var truth = GroundTruth.Compute(Vectors, Vectors.AsSpan(0, 400), Dimension, 10);
        Assert.InRange(Evaluation.Recall(target.Search(Vectors.AsSpan(0, 400), 10), truth), 0.2, 1);
        Assert.Throws<InvalidOperationException>(() => centroids.ApplyTo(target));
    }

    [Fact]
    public void An_index_is_trained_by_its_centroids()
    {
        RequireMatrices();
        using var index = FaissIndex.Create(4, "PQ2x1np");

        new ProductQuantizerCentroids(2, 1, 4, [0, 0, 1, 1, 0, 0, 1, 1]).ApplyTo(index);

        Assert.True(index.IsTrained);
        index.Add([1, 1, 0, 0]);
        Assert.Equal([1, 1, 0, 0], index.Reconstruct(0));
    }

    [Fact]
    public void Centroids_that_do_not_fit_are_refused()
    {
        RequireMatrices();
        using var codes = FaissIndex.Create(Dimension, "PQ4x4");
        using var lists = FaissIndex.Create(Dimension, "IVF8,PQ4x4");
        using var flat = new IndexFlatL2(Dimension);
        using var packed = FaissIndex.Create(Dimension, "PQ4x4fs");
        var centroids = new ProductQuantizerCentroids(4, 4, Dimension, new float[Dimension * 16]);

        Assert.Throws<InvalidOperationException>(() => ProductQuantizerCentroids.Of(codes));
        Assert.Throws<NotSupportedException>(() => ProductQuantizerCentroids.Of(flat));
        Assert.Throws<NotSupportedException>(() => centroids.ApplyTo(packed));
        Assert.Throws<InvalidOperationException>(() => centroids.ApplyTo(lists));
        Assert.Equal("index", Assert.Throws<ArgumentException>(() => new ProductQuantizerCentroids(2, 4, Dimension, new float[Dimension * 16]).ApplyTo(codes)).ParamName);
    }

    private static void AssertApplied(TransformMatrix matrix, float[] transformed)
    {
        for (var row = 0; row < matrix.OutputDimension; row++)
        {
            double sum = matrix.Bias[row];
            for (var column = 0; column < matrix.InputDimension; column++)
            {
                sum += matrix.Matrix[(row * matrix.InputDimension) + column] * Vectors[column];
            }

            Assert.Equal(sum, transformed[row], 1e-4);
        }
    }

    private static void RequireMatrices()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_transform_matrix"), "This library does not show matrices.");
    }
}
