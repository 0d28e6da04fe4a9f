using System.Text.Json;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class SearchTests : IDisposable
{
    private const int Dimension = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly string _index;
    private readonly string _queries;
    private readonly SearchResult? _expected;

    public SearchTests()
    {
        (_index, _queries) = (_folder.File("index.faiss"), _folder.File("queries.fvecs"));
        var queries = TestData.Uniform(20, Dimension, seed: 2);
        VectorFile.Write(_queries, queries, Dimension);
        if (Tests.Native.IsAvailable)
        {
            using var index = new IndexFlatL2(Dimension);
            index.Add(TestData.Uniform(500, Dimension));
            index.Save(_index);
            _expected = index.Search(queries, 3);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_format_of_results_has_the_neighbors()
    {
        Tests.Native.Require();
        var expected = _expected!.Ids.ToArray();

        foreach (var name in (string[])["n.npy", "n.ivecs", "n.csv", "n.json"])
        {
            var run = CommandRun.Of("search", _index, _queries, "--k", "3", "--output", _folder.File(name), "--distances", _folder.File("d.npy"));
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Equal(_expected.Distances.ToArray(), VectorFile.Read(_folder.File("d.npy")).Values);
        }

        Assert.Equal(expected, VectorFile.Read(_folder.File("n.npy")).Values.Select(id => (long)id));
        Assert.Equal(expected, VectorFile.Read(_folder.File("n.ivecs")).Values.Select(id => (long)id));
        Assert.Equal(expected, File.ReadLines(_folder.File("n.csv")).Skip(1).Select(line => long.Parse(line.Split(',')[2])));
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.File("n.json")));
        Assert.Equal(expected, json.RootElement.GetProperty("queries").EnumerateArray().SelectMany(query => query.EnumerateArray()).Select(neighbor => neighbor.GetProperty("id").GetInt64()));
    }

    [Fact]
    public void An_index_that_is_not_trained_is_refused()
    {
        Tests.Native.Require();
        using (var index = FaissIndex.Create(Dimension, "IVF4,Flat"))
        {
            index.Save(_index);
        }

        var run = CommandRun.Of("search", _index, _queries);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains($"{_index}: the index is not trained", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_standard_output_has_the_neighbors_alone()
    {
        Tests.Native.Require();

        var run = CommandRun.Of("search", _index, _queries, "--k", "2", "--output", "-", "--to", "csv");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"query,rank,id,distance\n0,0,{_expected!.Ids[0]},", run.Output, StringComparison.Ordinal);
        Assert.Equal(41, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("name a file of QUERIES, or give a text by --query")]
    [InlineData("name a file of QUERIES, or give a text by --query", "q", "--query", "x")]
    [InlineData("--query needs the embedding of the texts", "--query", "x")]
    [InlineData("the parameters 'nprobe=4' do not fit Flat", "q", "--nprobe", "4")]
    [InlineData("the parameters 'frob=4' do not fit", "q", "--parameters", "frob=4")]
    [InlineData("--k is '0'", "q", "--k", "0")]
    [InlineData("the extension '.faiss' is unknown", "q", "--output", "i")]
    [InlineData("has dimension 8, and", "wide")]
    [InlineData("absent.fvecs does not exist", "absent.fvecs")]
    [InlineData("the extension '.xml' is unknown", "q", "--output", "x.xml")]
    [InlineData("--distances is -, and the standard output is for --output; name a file (.npy, .fvecs, .csv).", "q", "--distances", "-")]
    [InlineData("--distances is -, and the standard output is for --output; name a file (.npy, .fvecs, .csv).", "q", "--distances", "-", "--to", "csv")]
    [InlineData("--distances: x.bvecs: the extension '.bvecs' is unknown, expected .npy, .fvecs or .csv", "q", "--distances", "x.bvecs")]
    public void Wrong_usage_is_refused(string expected, params string[] arguments)
    {
        Tests.Native.Require();
        VectorFile.Write(_folder.File("wide.fvecs"), new float[32], 16);

        var run = CommandRun.Of(["search", _index, .. arguments.Select(argument => argument switch { "q" => _queries, "wide" => _folder.File("wide.fvecs"), "i" => _index, _ => argument })]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_index_is_refused()
    {
        Tests.Native.Require();

        var run = CommandRun.Of("search", _queries, _queries);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("does not contain a complete index", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Recall_and_latencies_are_measured_for_each_setting()
    {
        Tests.Native.Require();
        VectorFile.Write(_folder.File("base.fvecs"), TestData.Uniform(2000, Dimension), Dimension);
        Assert.Equal(0, CommandRun.Of("build", _folder.File("base.fvecs"), _index, "--factory", "IVF16,Flat").ExitCode);

        var run = CommandRun.Of("eval", _index, _folder.File("base.fvecs"), _queries, "--parameters", "nprobe=1", "--parameters", "nprobe=16", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        var settings = json.RootElement.GetProperty("settings").EnumerateArray().ToArray();
        Assert.Equal(["nprobe=1", "nprobe=16"], settings.Select(setting => setting.GetProperty("parameters").GetString()));
        Assert.InRange(settings[0].GetProperty("recall").GetDouble(), 0.05, 0.99);
        Assert.Equal(1, settings[1].GetProperty("recall").GetDouble());
        Assert.All(settings, setting => Assert.True(setting.GetProperty("queriesPerSecond").GetDouble() > 0 && setting.GetProperty("p50Microseconds").GetDouble() <= setting.GetProperty("p99Microseconds").GetDouble()));
    }

    [Theory]
    [InlineData("l2")]
    [InlineData("ip")]
    [InlineData("cosine")]
    public void An_exact_index_with_ids_has_a_recall_of_one(string metric)
    {
        Tests.Native.Require();
        var vectors = TestData.Uniform(2000, Dimension);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] *= 1 + (i / Dimension % 7);
        }

        var (file, ids) = (_folder.File("base.fvecs"), _folder.File("ids.txt"));
        VectorFile.Write(file, vectors, Dimension);
        LabelFile.Write(ids, Enumerable.Range(0, 2000).Select(i => 5000L - i).ToArray());
        Assert.Equal(0, CommandRun.Of("build", file, _index, "--factory", "Flat", "--metric", metric, "--ids", ids).ExitCode);

        using var json = JsonDocument.Parse(CommandRun.Of("eval", _index, file, _queries, "--ids", ids, "--json").Output);

        Assert.Equal(1, json.RootElement.GetProperty("settings")[0].GetProperty("recall").GetDouble());
    }

    [Theory]
    [InlineData("has 2 ids, and", "--ids", "two.txt")]
    [InlineData("--ground-truth has the ids already", "--ids", "two.txt", "--ground-truth", "truth.ivecs")]
    [InlineData("the parameters 'frob=1' do not fit Flat", "--parameters", "frob=1")]
    public void Options_of_eval_that_do_not_fit_are_refused(string expected, params string[] options)
    {
        Tests.Native.Require();
        _folder.Write("two.txt", "1\n2\n");
        VectorFile.Write(_folder.File("base.fvecs"), TestData.Uniform(500, Dimension), Dimension);
        string[] files = options.Contains("--ground-truth") ? [_queries] : [_folder.File("base.fvecs"), _queries];

        var run = CommandRun.Of(["eval", _index, .. files, .. options.Select(option => option.Contains('.') ? _folder.File(option) : option)]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.95, 4)]
    [InlineData(1, 4)]
    [InlineData(0.01, 1)]
    public void A_percentile_is_not_exceeded_by_its_share(double share, double expected) =>
        Assert.Equal(expected, new EvalPoint("", 1, 1, 1, 1, [1, 2, 3, 4]).Percentile(share));
}
