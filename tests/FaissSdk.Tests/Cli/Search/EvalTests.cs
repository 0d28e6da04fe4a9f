using System.Text.Json;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class EvalTests : IDisposable
{
    private const int Dimension = 8;
    private const int Count = 2000;

    private readonly TemporaryFolder _folder = new();

    private string Index => _folder.File("index.faiss");

    private string Base => _folder.File("base.fvecs");

    private string Queries => _folder.File("queries.fvecs");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("IVF16,Flat", "", "nprobe=16")]
    [InlineData("IVF16,Flat", "nprobe=16", "")]
    [InlineData("IVF16_HNSW8,Flat", "quantizer_efSearch=20", "nprobe=16")]
    [InlineData("IVF16_HNSW8,Flat", "nprobe=16", "quantizer_efSearch=20")]
    public void A_setting_leaves_no_parameter_to_the_next(string factory, string first, string second)
    {
        Tests.Native.RequireOwnSearch();
        Build(factory, TestData.Uniform(Count, Dimension), TestData.Uniform(20, Dimension, seed: 2));

        var recalls = Recalls("--parameters", first, "--parameters", second);

        var whole = first == "nprobe=16" ? 0 : 1;
        Assert.Equal(1, recalls[whole]);
        Assert.InRange(recalls[1 - whole], 0.05, 0.99);
    }

    [Fact]
    public void A_factor_that_is_no_integer_returns()
    {
        Tests.Native.RequireOwnSearch();
        Build("PQ2x4np,RFlat", TestData.Uniform(Count, Dimension), TestData.Uniform(20, Dimension, seed: 2));
        using (var index = (IndexRefine)FaissIndex.Load(Index))
        {
            index.KFactor = 3.5f;
            index.Save(Index);
        }

        var expected = Recalls().Single();

        Assert.Equal([1, expected], Recalls("--parameters", "k_factor_rf=200", "--parameters", ""));
    }

    [Fact]
    public void A_parameter_that_cannot_return_is_refused_beside_others()
    {
        Tests.Native.RequireOwnSearch();
        Build("IVF16,Flat", TestData.Uniform(Count, Dimension), TestData.Uniform(20, Dimension, seed: 2));

        var run = CommandRun.Of("eval", Index, Base, Queries, "--parameters", "verbose=1", "--parameters", "nprobe=16");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("measure each setting in a run of its own", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frob=1")]
    [InlineData("nprobe")]
    [InlineData("nprobe=0")]
    public void A_wrong_setting_is_named_beside_others(string parameters)
    {
        Tests.Native.Require();
        Build("IVF16,Flat", TestData.Uniform(Count, Dimension), TestData.Uniform(20, Dimension, seed: 2));

        var run = CommandRun.Of("eval", Index, Base, Queries, "--parameters", "", "--parameters", parameters);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains($"the parameters '{parameters}' do not fit IVF16,Flat", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Equally_near_vectors_count_with_ids()
    {
        Tests.Native.Require();

        // Many of them are equally far from a query, and lie in several lists.
        var vectors = Array.ConvertAll(TestData.Uniform(Count, Dimension), value => MathF.Round(value));
        Build("IVF16,Flat", vectors, vectors[..(50 * Dimension)], "--ids", WriteIds());

        Assert.Equal(1, Recalls("--ids", WriteIds(), "--parameters", "nprobe=16").Single());
    }

    [Theory]
    [InlineData("L2norm,Flat", "ip")]
    [InlineData("Flat", "cosine")]
    [InlineData("Flat", "ip")]
    public void Vectors_that_an_index_with_an_ID_map_scales_are_scaled(string factory, string metric)
    {
        Tests.Native.RequireOwnSearch();
        var vectors = TestData.Uniform(Count, Dimension);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] *= 1 + (i / Dimension % 7);
        }

        Build(factory, vectors, TestData.Uniform(20, Dimension, seed: 2), "--metric", metric, "--ids", WriteIds());

        Assert.Equal(1, Recalls("--ids", WriteIds()).Single());
    }

    private void Build(string factory, float[] vectors, float[] queries, params string[] options)
    {
        VectorFile.Write(Base, vectors, Dimension);
        VectorFile.Write(Queries, queries, Dimension);
        var run = CommandRun.Of(["build", Base, Index, "--factory", factory, .. options]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    private string WriteIds()
    {
        LabelFile.Write(_folder.File("ids.txt"), Enumerable.Range(0, Count).Select(i => 5000L - i).ToArray());
        return _folder.File("ids.txt");
    }

    private double[] Recalls(params string[] options)
    {
        var run = CommandRun.Of(["eval", Index, Base, Queries, "--json", .. options]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        return [.. json.RootElement.GetProperty("settings").EnumerateArray().Select(setting => setting.GetProperty("recall").GetDouble())];
    }
}
