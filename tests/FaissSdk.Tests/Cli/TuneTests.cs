using System.Xml.Linq;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class TuneTests : IDisposable
{
    private const int Dimension = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly string _base;
    private readonly string _queries;
    private readonly float[] _vectors = TestData.Uniform(2000, Dimension);

    public TuneTests()
    {
        (_base, _queries) = (_folder.File("base.fvecs"), _folder.File("queries.fvecs"));
        VectorFile.Write(_base, _vectors, Dimension);
        VectorFile.Write(_queries, TestData.Uniform(50, Dimension, seed: 2), Dimension);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_fastest_setting_of_the_recall_is_saved()
    {
        Tests.Native.RequireOwnSearch();
        var saved = _folder.File("tuned.faiss");

        var run = CommandRun.Of("tune", "--factory", "IVF16,Flat", _base, _queries, "--recall", "0.7", "--threads", "1", "--save", saved, "--plot", _folder.File("p.svg"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("verdict: the fastest setting with a recall of 0.7 is nprobe=", run.Output, StringComparison.Ordinal);
        using var index = FaissIndex.Load(saved);
        Assert.Contains($"is nprobe={index.GetParameter("nprobe")} (", run.Output, StringComparison.Ordinal);
        var queries = VectorFile.Read(_queries).Values;
        Assert.InRange(Evaluation.Recall(index.Search(queries, 10), GroundTruth.Compute(_vectors, queries, Dimension, 10)), 0.7, 1);
        Assert.Equal("svg", XDocument.Load(_folder.File("p.svg")).Root?.Name.LocalName);
    }

    [Fact]
    public void A_recall_that_no_setting_reaches_has_an_exit_code_of_its_own()
    {
        Tests.Native.RequireOwnSearch();

        var run = CommandRun.Of("tune", "--factory", "IVF16,SQ4", _base, _queries, "--recall", "1", "--threads", "1");

        Assert.Equal((3, ""), (run.ExitCode, run.Error));
        Assert.Contains("verdict: no setting reaches a recall of 1; the best is nprobe=", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_is_loaded_with_its_vectors_or_with_a_ground_truth()
    {
        Tests.Native.RequireOwnSearch();
        var file = Save();
        using var flat = new IndexFlatL2(Dimension);
        flat.Add(_vectors);
        LabelFile.Write(_folder.File("truth1.ivecs"), flat.Assign(VectorFile.Read(_queries).Values));

        Assert.Equal(0, CommandRun.Of("tune", file, _base, _queries, "--recall", "0.9").ExitCode);
        var run = CommandRun.Of("tune", file, _queries, "--ground-truth", _folder.File("truth1.ivecs"), "--k", "1", "--recall", "0.9", "--batch", "10");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("50 queries, 1 neighbors, 10 queries in a call", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name two, BASE and QUERIES", "--factory", "Flat", "a.fvecs", "b.fvecs", "c.fvecs")]
    [InlineData("name three, INDEX, BASE and QUERIES", "a", "b.fvecs")]
    [InlineData("name two, INDEX and QUERIES", "a", "b.fvecs", "c.fvecs", "--ground-truth", "d.ivecs")]
    [InlineData("--metric is that of an index to build", "a", "b.fvecs", "c.fvecs", "--metric", "ip")]
    [InlineData("--recall is '95'", "a", "b.fvecs", "c.fvecs", "--recall", "95")]
    [InlineData("--recall is 'x'", "a", "b.fvecs", "c.fvecs", "--recall", "x")]
    [InlineData("--k is '0'", "a", "b.fvecs", "c.fvecs", "--k", "0")]
    [InlineData("b.fvecs does not exist", "--factory", "Flat", "a.fvecs", "b.fvecs")]
    [InlineData("unknown option '--goal'", "a", "b.fvecs", "c.fvecs", "--goal", "1")]
    public void Wrong_usage_is_refused(string expected, params string[] arguments)
    {
        var run = CommandRun.Of(["tune", .. arguments]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_do_not_fit_are_refused()
    {
        Tests.Native.Require();
        var file = Save();
        var few = _folder.File("few.fvecs");
        VectorFile.Write(few, _vectors.AsMemory(0, 80), Dimension);
        var wide = _folder.File("wide.fvecs");
        VectorFile.Write(wide, _vectors, 16);
        LabelFile.Write(_folder.File("truth.ivecs"), new long[49]);

        Refused("holds 2000 vectors, and", file, few, _queries);
        Refused("has vectors of dimension 8, and", file, _base, wide);
        Refused("has dimension 8, and", file, wide, wide);
        Refused("has 1 ids for each of 49 queries, expected at least 10 (--k) for each of 50", file, _queries, "--ground-truth", _folder.File("truth.ivecs"));
        Refused("is an input file", file, _base, _queries, "--plot", _base);
        Refused("the extension '.png' is unknown", file, _base, _queries, "--plot", _folder.File("p.png"));

        void Refused(string expected, params string[] arguments)
        {
            var run = CommandRun.Of(["tune", .. arguments]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_value_that_is_no_id_is_named()
    {
        Tests.Native.Require();
        VectorFile.Write(_folder.File("truth.npy"), Enumerable.Repeat(0.5f, 500).ToArray(), 10);

        var run = CommandRun.Of("tune", Save(), _queries, "--ground-truth", _folder.File("truth.npy"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("number 0 of record 0 is 0.5, expected an id from 0", run.Error, StringComparison.Ordinal);
    }

    private string Save()
    {
        using var single = Tests.Native.SingleThread();
        using var index = FaissIndex.Create(Dimension, "IVF16,Flat");
        index.Train(_vectors);
        index.Add(_vectors);
        index.Save(_folder.File("index.faiss"));
        return _folder.File("index.faiss");
    }
}
