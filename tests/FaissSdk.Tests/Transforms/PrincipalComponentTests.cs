namespace FaissSdk.Tests.Transforms;

/// <summary>Principal components of few vectors, of vectors that hardly differ, and of large ones.</summary>
public class PrincipalComponentTests
{
    private const int Dimension = 64;
    private const int Components = 8;

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    public void Components_are_those_of_the_last_training(int before)
    {
        Native.Require();
        var (first, last, queries) = (TestData.Uniform(before, Dimension), TestData.Uniform(32, Dimension, seed: 2), TestData.Uniform(5, Dimension, seed: 3));
        using var once = new PCAMatrix(Dimension, Components);
        once.Train(last);
        using var twice = new PCAMatrix(Dimension, Components);
        twice.Train(first);
        var error = Record.Exception(() => twice.Train(last));
        if (error is null)
        {
            Assert.Equal(once.Apply(queries), twice.Apply(queries));
        }
        else
        {
            Assert.Contains("create a new one", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
            var many = TestData.Uniform(300, Dimension, seed: 4);
            twice.Train(many);
            using var other = new PCAMatrix(Dimension, Components);
            other.Train(many);
            Assert.Equal(other.Apply(queries), twice.Apply(queries));
        }
    }

    [Fact]
    public void Components_of_a_training_by_an_index_are_not_mixed_with_others()
    {
        Native.Require();
        var (many, few, queries) = (TestData.Uniform(1000, Dimension), TestData.Uniform(32, Dimension, seed: 2), TestData.Uniform(5, Dimension, seed: 3));
        using var once = new PCAMatrix(Dimension, Components);
        once.Train(few);
        using var twice = new PCAMatrix(Dimension, Components);
        using (var index = new IndexPreTransform(twice, new IndexFlatL2(Components)))
        {
            index.Train(many);
        }

        if (Record.Exception(() => twice.Train(few)) is { } error)
        {
            Assert.Contains("create a new one", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(once.Apply(queries), twice.Apply(queries));
        }
    }

    [Fact]
    public void Whitening_by_an_index_that_failed_is_not_applied()
    {
        Native.Require();
        using var whitening = new PCAMatrix(Dimension, Components, eigenPower: -0.5f);
        var equal = Enumerable.Repeat(1f, 100 * Dimension).ToArray();
        using (var index = new IndexPreTransform(whitening, new IndexFlatL2(Components)))
        {
            if (Record.Exception(() => index.Train(equal)) is null)
            {
                Assert.True(whitening.Apply(equal.AsSpan(0, Dimension)).All(float.IsFinite));
                return;
            }
        }

        Assert.Throws<InvalidOperationException>(() => whitening.Apply(equal.AsSpan(0, Dimension)));
        whitening.Train(TestData.Uniform(1000, Dimension));
        Assert.True(whitening.Apply(equal.AsSpan(0, Dimension)).All(float.IsFinite));
    }

    [Fact]
    public void Too_few_vectors_leave_no_components()
    {
        Native.Require();
        var (few, enough, queries) = (TestData.Uniform(4, Dimension), TestData.Uniform(32, Dimension, seed: 2), TestData.Uniform(5, Dimension, seed: 3));
        using var once = new PCAMatrix(Dimension, Components);
        once.Train(enough);
        using var twice = new PCAMatrix(Dimension, Components);
        Assert.Throws<FaissException>(() => twice.Train(few));
        Assert.False(twice.IsTrained);
        twice.Train(enough);
        Assert.Equal(once.Apply(queries), twice.Apply(queries));
    }

    [Theory]
    [InlineData("PCA8,Flat")]
    [InlineData("PCA8,SQ8")]
    [InlineData("IDMap,PCA8,Flat")]
    [InlineData("PCAR8,Flat")]
    public void An_index_that_was_trained_on_too_few_vectors_can_be_trained(string kind)
    {
        Native.RequireOwnSearch();
        var (few, enough) = (TestData.Uniform(4, Dimension), TestData.Uniform(32, Dimension, seed: 2));
        using var once = FaissIndex.Create(Dimension, kind);
        once.Train(enough);
        using var twice = FaissIndex.Create(Dimension, kind);
        Assert.Throws<FaissException>(() => twice.Train(few));
        Assert.False(twice.IsTrained);
        twice.Train(enough);
        foreach (var index in new[] { once, twice })
        {
            TestData.Add(index, enough);
        }

        Assert.Equal(once.Search(enough, 5).Distances, twice.Search(enough, 5).Distances);
    }

    [Fact]
    public void Components_without_variance_are_not_scaled()
    {
        Native.Require();
        float[][] sets = [new float[10 * Components], [.. TestData.Uniform(30, Components).Select((component, i) => i % Components == 3 ? 0 : component * 1e-25f)]];
        foreach (var vectors in sets)
        {
            using var pca = new PCAMatrix(Components, 4, eigenPower: -0.5f);
            Assert.Contains("differ too little", Assert.Throws<ArgumentException>("vectors", () => pca.Train(vectors)).Message, StringComparison.Ordinal);
            Assert.Contains("not finite", Assert.Throws<InvalidOperationException>(() => pca.Apply(new float[Components])).Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => pca.TransformTranspose(new float[4], new float[Components]));

            pca.Train(TestData.Uniform(30, Components));
            Assert.All(pca.Apply(vectors), component => Assert.True(float.IsFinite(component)));
        }
    }

    [Fact]
    public void Variances_whose_powers_overflow_are_refused()
    {
        Native.Require();
        using var pca = new PCAMatrix(Components, 4, eigenPower: 40);
        Assert.Throws<ArgumentException>("vectors", () => pca.Train(TestData.Integers(100, Components)));
    }

    [Fact]
    public void A_matrix_that_is_set_replaces_one_that_is_not_finite()
    {
        Native.RequireOwnSearch();
        using var pca = new PCAMatrix(2, 2, eigenPower: -0.5f);
        Assert.Throws<ArgumentException>("vectors", () => pca.Train(new float[20]));
        pca.SetMatrix([1, 0, 0, 1]);
        Assert.Equal((float[])[3, 4], pca.Apply([3, 4]));
    }

    [Fact]
    public void Components_that_no_bin_takes_are_refused()
    {
        Native.Require();
        using var pca = new PCAMatrix(4, 4);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_PCAMatrix_balanced_bins"), "This FAISS does not set the number of bins.");
        pca.BalancedBins = 2;
        float[] large = [.. TestData.Uniform(1000, 4).Select(component => component * 1e16f)];
        Assert.Contains("bins", Assert.Throws<ArgumentException>("vectors", () => pca.Train(large)).Message, StringComparison.Ordinal);
        pca.Train(TestData.Uniform(1000, 4));

        using var part = new PCAMatrix(4, 4) { BalancedBins = 2 };
        using var flat = new IndexFlatL2(4);
        using var index = new IndexPreTransform(part, flat);
        Assert.Contains("bins", Assert.Throws<ArgumentException>("vectors", () => index.Train(large)).Message, StringComparison.Ordinal);
        part.BalancedBins = 0;
        index.Train(large);

        using var rotated = new PCAMatrix(4, 4, randomRotation: true) { BalancedBins = 0 };
        Assert.Throws<InvalidOperationException>(() => rotated.BalancedBins = 2);
    }
}
