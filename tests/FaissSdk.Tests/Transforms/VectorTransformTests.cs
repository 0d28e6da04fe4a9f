namespace FaissSdk.Tests.Transforms;

public class VectorTransformTests
{
    public static TheoryData<string> Names() => ["RandomRotation", "RandomRotation up", "PCA", "PCA whitening", "PCA rotated", "ITQMatrix", "ITQ", "OPQ", "Remap", "Normalization", "Centering"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_transform_trains_applies_and_reverses(string name)
    {
        Native.Require();
        using var transform = Make(name);
        var vectors = TestData.Uniform(500, transform.InputDimension);
        if (!transform.IsTrained)
        {
            Assert.Throws<InvalidOperationException>(() => transform.Apply(vectors));
            Assert.Throws<InvalidOperationException>(() => transform.ReverseTransform(new float[transform.OutputDimension]));
            transform.Train(vectors);
        }

        Assert.True(transform.IsTrained);
        var transformed = transform.Apply(vectors);
        Assert.Equal(500 * transform.OutputDimension, transformed.Length);
        Assert.All(transformed, component => Assert.True(float.IsFinite(component)));
        var error = Record.Exception(() => transform.ReverseTransform(transformed));
        if (name is "PCA whitening" or "ITQ" or "ITQMatrix")
        {
            Assert.IsType<NotSupportedException>(error);
        }
        else
        {
            Assert.Null(error);
            if (name is not ("PCA" or "PCA rotated" or "RandomRotation" or "Normalization"))
            {
                Assert.Equal(0, MaxDifference(vectors, transform.ReverseTransform(transformed)), 1e-4);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_member_throws_after_Dispose(string name)
    {
        Native.Require();
        var transform = Make(name);
        transform.Dispose();
        transform.Dispose();
        Assert.Throws<ObjectDisposedException>(() => transform.IsTrained);
        Assert.Throws<ObjectDisposedException>(() => transform.Train(new float[transform.InputDimension]));
        Assert.Throws<ObjectDisposedException>(() => transform.Apply(new float[transform.InputDimension]));
        Assert.Throws<ObjectDisposedException>(() => transform.ReverseTransform(new float[transform.OutputDimension]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_loaded_transform_equals_the_saved_one(string name)
    {
        Native.Require();
        using var folder = new TemporaryFolder();
        using var transform = Make(name);
        var vectors = TestData.Uniform(500, transform.InputDimension);
        if (!transform.IsTrained)
        {
            transform.Train(vectors);
        }

        // The C API writes transforms only as part of an index: after the 37 bytes of its header and the number of transforms.
        using var index = new IndexPreTransform(transform, new IndexFlatL2(transform.OutputDimension));
        File.WriteAllBytes(folder.File("transform"), index.Serialize()[41..]);
        if (!FaissLibrary.Supports("faiss_read_VectorTransform_fname"))
        {
            Assert.Contains("1.10.0", Assert.Throws<NotSupportedException>(() => VectorTransform.Load(folder.File("transform"))).Message);
            return;
        }

        using var loaded = VectorTransform.Load(folder.File("transform"));
        Assert.Equal(name == "OPQ" ? typeof(LinearTransform) : transform.GetType(), loaded.GetType());
        Assert.Equal(transform.Apply(vectors), loaded.Apply(vectors));
        var expected = Record.Exception(() => transform.ReverseTransform(transform.Apply(vectors)));
        var actual = Record.Exception(() => loaded.ReverseTransform(transform.Apply(vectors)));
        Assert.True(actual is null or NotSupportedException, actual?.ToString());
        Assert.True(expected?.GetType() == actual?.GetType() || name is "ITQMatrix" or "RandomRotation up", $"{expected} {actual}");
        File.WriteAllBytes(folder.File("cut"), File.ReadAllBytes(folder.File("transform"))[..10]);
        Assert.Contains("cut", Assert.Throws<FaissException>(() => VectorTransform.Load(folder.File("cut"))).Message);
        Assert.Throws<FileNotFoundException>(() => VectorTransform.Load(folder.File("absent")));
    }

    [Fact]
    public void Principal_components_are_sorted_by_variance()
    {
        Native.Require();
        var random = new Random(1);
        var vectors = new float[1000 * 3];
        for (var i = 0; i < 1000; i++)
        {
            (vectors[i * 3], vectors[(i * 3) + 1], vectors[(i * 3) + 2]) = (random.NextSingle(), random.NextSingle() * 100, random.NextSingle() * 10);
        }

        using var pca = new PCAMatrix(3, 2);
        pca.Train(vectors);
        Assert.True(pca.IsOrthonormal);
        Assert.True(pca.HasBias);
        Assert.Equal(0, pca.EigenPower);
        Assert.False(pca.RandomRotation);
        var projected = pca.Apply(vectors);
        Assert.InRange(Spread(projected, 2, 0), 90, 110);
        Assert.InRange(Spread(projected, 2, 1), 8, 13);
        var back = new float[3000];
        pca.TransformTranspose(projected, back);
        Assert.Equal(back, pca.ReverseTransform(projected));
    }

    [Fact]
    public void Arguments_that_FAISS_does_not_check_are_rejected()
    {
        Native.Require();
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomRotationMatrix(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomRotationMatrix(4, 65_536));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PCAMatrix(4, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PCAMatrix(4, 2, float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ITQTransform(4, 2, applyPca: false));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OPQMatrix(4, 0));
        Assert.Equal("subquantizers", Assert.Throws<ArgumentOutOfRangeException>(() => new OPQMatrix(4, 3)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RemapDimensionsTransform(65_536, 65_536));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CenteringTransform(-1));
        using var centering = new CenteringTransform(2);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => centering.Train([])).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => centering.Train([1, float.NaN])).ParamName);
        centering.Train([1, 2]);
        Assert.Equal("transformed", Assert.Throws<ArgumentException>(() => centering.Apply([1, 2], new float[3])).ParamName);
        var memory = new float[4];
        Assert.Contains("overlaps", Assert.Throws<ArgumentException>(() => centering.Apply(memory.AsSpan(0, 2), memory.AsSpan(1, 2))).Message);
        using var rotation = new RandomRotationMatrix(4, 4);
        Assert.Throws<InvalidOperationException>(() => rotation.DetermineOrthonormality());
        Assert.Throws<InvalidOperationException>(() => rotation.TransformTranspose(new float[4], new float[4]));
        using var itq = new ITQTransform(4, 4, applyPca: false);
        itq.Train(TestData.Uniform(100, 4));
        Assert.Throws<InvalidOperationException>(() => itq.Train(TestData.Uniform(100, 4)));
    }

    [Fact]
    public void IndexPreTransform_keeps_and_trains_its_transform()
    {
        Native.Require();
        var vectors = TestData.Uniform(300, 8);
        var pca = new PCAMatrix(8, 4);
        var flat = new IndexFlatL2(4);
        var index = new IndexPreTransform(pca, flat);
        Assert.Same(flat, index.Index);
        Assert.False(index.OwnsParts);
        Assert.Contains("train the index", Assert.Throws<InvalidOperationException>(() => pca.Train(vectors)).Message);
        index.Train(vectors);
        index.Add(vectors);
        Assert.Throws<InvalidOperationException>(() => flat.Reset());
        using (var remap = new RemapDimensionsTransform(10, 8))
        {
            Assert.Throws<InvalidOperationException>(() => index.PrependTransform(remap));
        }

        pca.Dispose();
        flat.Dispose();
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), index.Assign(vectors));
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Search(vectors, 1));
    }

    [Fact]
    public void IndexPreTransform_can_own_its_parts()
    {
        Native.Require();
        var vectors = TestData.Uniform(300, 8);
        var rotation = new RandomRotationMatrix(8, 8);
        var flat = new IndexFlatL2(8);
        using var index = new IndexPreTransform(rotation, flat, takeOwnership: true);
        Assert.True(index.OwnsParts);
        Assert.Throws<ObjectDisposedException>(() => rotation.IsTrained);
        Assert.Throws<ObjectDisposedException>(() => flat.Count);
        using var centering = new CenteringTransform(8);
        index.PrependTransform(centering);
        Assert.Throws<ObjectDisposedException>(() => centering.IsTrained);
        index.Train(vectors);
        index.Add(vectors);
        Assert.Equal(300, index.Index.Count);
        Assert.Same(index.Index, index.Index);
        Assert.Equal(5, index.Assign(vectors.AsSpan(40, 8))[0]);
    }

    private static VectorTransform Make(string name) => name switch
    {
        "RandomRotation" => new RandomRotationMatrix(8, 4),
        "RandomRotation up" => new RandomRotationMatrix(4, 8),
        "PCA" => new PCAMatrix(8, 4),
        "PCA whitening" => new PCAMatrix(8, 4, -0.5f),
        "PCA rotated" => new PCAMatrix(8, 4, 0, randomRotation: true),
        "ITQMatrix" => new ITQMatrix(8),
        "ITQ" => new ITQTransform(8, 4, applyPca: true),
        "OPQ" => new OPQMatrix(8, 4) { Iterations = 2, QuantizerIterations = 2, Verbose = false },
        "Remap" => new RemapDimensionsTransform(4, 8),
        "Normalization" => new NormalizationTransform(8),
        _ => new CenteringTransform(8),
    };

    private static double MaxDifference(float[] expected, float[] actual) => expected.Zip(actual, (x, y) => Math.Abs((double)x - y)).Max();

    private static float Spread(float[] vectors, int dimension, int component)
    {
        var values = Enumerable.Range(0, vectors.Length / dimension).Select(i => vectors[(i * dimension) + component]).ToArray();
        return values.Max() - values.Min();
    }
}
