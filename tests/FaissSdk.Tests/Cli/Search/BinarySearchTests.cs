using System.Text.Json;
using FaissSdk.Cli;
using FaissSdk.Tests.Indexes;

namespace FaissSdk.Tests.Cli;

/// <summary>Tests of <c>search</c> and <c>eval</c> with binary indexes, whose vectors are files of bytes.</summary>
public sealed class BinarySearchTests : IDisposable
{
    private const int Bytes = 8;
    private const int Count = 2000;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _vectors = BinaryVectors.Random(Count, Bytes * 8);
    private readonly byte[] _queries = BinaryVectors.Random(20, Bytes * 8, seed: 2);

    private string Index => _folder.File("index.faiss");

    private string Queries => _folder.File("queries.bvecs");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("queries.bvecs")]
    [InlineData("queries.u8bin")]
    [InlineData("queries.csv")]
    public void A_binary_index_is_searched_for_bytes(string file)
    {
        using var index = Build("BFlat");
        WriteBytes(file, _queries);

        var run = CommandRun.Of("search", Index, _folder.File(file), "--k", "3", "--output", _folder.File("n.npy"), "--distances", _folder.File("d.npy"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var expected = index.Search(_queries, 3);
        Assert.Equal(expected.Ids.ToArray(), VectorFile.Read(_folder.File("n.npy")).Values.Select(id => (long)id));
        Assert.Equal(expected.Distances.ToArray(), VectorFile.Read(_folder.File("d.npy")).Values.Select(distance => (int)distance));
    }

    [Fact]
    public void Recall_of_a_binary_index_counts_equal_distances()
    {
        using var index = Build("BIVF16");
        Assert.SkipUnless(index is IndexBinaryIVF, "This FAISS does not set the number of probes of a binary index.");
        WriteBytes("base.bvecs", _vectors);
        WriteBytes("queries.bvecs", _queries);

        var run = CommandRun.Of("eval", Index, _folder.File("base.bvecs"), Queries, "--parameters", "nprobe=1", "--parameters", "nprobe=16", "--parameters", "", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        var recalls = json.RootElement.GetProperty("settings").EnumerateArray().Select(setting => setting.GetProperty("recall").GetDouble()).ToArray();
        Assert.InRange(recalls[0], 0.05, 0.99);
        Assert.Equal(1, recalls[1]);
        Assert.Equal(recalls[0], recalls[2]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 1)]
    [InlineData(300, 8)]
    [InlineData(3000, 2)]
    public void The_exact_search_orders_by_distance_and_number(int k, int size)
    {
        var (vectors, queries) = (BinaryVectors.Random(Count, size * 8), BinaryVectors.Random(7, size * 8, seed: 2));

        var found = HammingSearch.Search(vectors, queries, size, k, CancellationToken.None);

        for (var query = 0; query < 7; query++)
        {
            var expected = Enumerable.Range(0, Count)
                .Select(i => (Distance: Enumerable.Range(0, size).Sum(j => int.PopCount(vectors[(i * size) + j] ^ queries[(query * size) + j])), Id: (long)i))
                .Order()
                .Take(k)
                .ToArray();
            long[] ids = [.. expected.Select(one => one.Id), .. Enumerable.Repeat(-1L, Math.Max(0, k - Count))];
            float[] distances = [.. expected.Select(one => (float)one.Distance), .. Enumerable.Repeat(float.MaxValue, Math.Max(0, k - Count))];
            Assert.Equal(ids, found.Ids.Slice(query * k, k));
            Assert.Equal(distances, found.Distances.Slice(query * k, k));
        }
    }

    [Fact]
    public void Recall_of_a_binary_index_is_that_of_distances()
    {
        using var index = Build("BIVF16");
        WriteBytes("base.bvecs", _vectors);
        WriteBytes("queries.bvecs", _queries);
        using var flat = BinaryVectors.Index("BFlat", Bytes * 8, _vectors, _folder.Path);
        var (found, exact) = (index.Search(_queries, 5), flat.Search(_queries, 5));
        var hits = Enumerable.Range(0, found.QueryCount).Sum(i => found[i].Distances.ToArray().GroupBy(distance => distance).Sum(group => Math.Min(group.Count(), exact[i].Distances.ToArray().Count(distance => distance == group.Key))));

        using var json = JsonDocument.Parse(CommandRun.Of("eval", Index, _folder.File("base.bvecs"), Queries, "--k", "5", "--json").Output);

        Assert.Equal(hits / (5.0 * found.QueryCount), json.RootElement.GetProperty("settings")[0].GetProperty("recall").GetDouble(), 12);
    }

    [Fact]
    public void Eval_takes_a_ground_truth_of_ids()
    {
        using var index = Build("BFlat");
        WriteBytes("queries.bvecs", _queries);
        LabelFile.Write(_folder.File("truth.ivecs"), index.Search(_queries, 1).Ids.ToArray());

        using var json = JsonDocument.Parse(CommandRun.Of("eval", Index, Queries, "--ground-truth", _folder.File("truth.ivecs"), "--k", "1", "--json").Output);

        Assert.Equal(1, json.RootElement.GetProperty("settings")[0].GetProperty("recall").GetDouble());
    }

    [Theory]
    [InlineData("has vectors of 64 bits, which are 8 bytes, and those of", "wide.bvecs")]
    [InlineData("component 1 of vector 0 is 0.5; binary vectors consist of bytes", "fraction.csv")]
    [InlineData("component 0 of vector 0 is 256; binary vectors", "large.csv")]
    [InlineData("component 0 of vector 0 is -1; binary vectors", "negative.csv")]
    [InlineData("the parameters 'nprobe=4' do not fit BFlat", "queries.bvecs", "--nprobe", "4")]
    public void Queries_and_parameters_that_do_not_fit_are_refused(string expected, string file, params string[] options)
    {
        using var index = Build("BFlat");
        WriteBytes("queries.bvecs", _queries);
        VectorFile.Write(_folder.File("wide.bvecs"), new float[64], 64);
        _folder.Write("fraction.csv", "1,0.5,1,1,1,1,1,1\n");
        _folder.Write("large.csv", "256,0,1,1,1,1,1,1\n");
        _folder.Write("negative.csv", "-1,0,1,1,1,1,1,1\n");

        var run = CommandRun.Of(["search", Index, _folder.File(file), .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frob=1")]
    [InlineData("nprobe=x")]
    [InlineData("nprobe=0")]
    [InlineData("nprobe=1,efSearch=2")]
    public void Parameters_of_lists_are_the_number_of_probes(string parameters)
    {
        using var index = Build("BIVF16");
        WriteBytes("queries.bvecs", _queries);

        var run = CommandRun.Of("search", Index, Queries, "--parameters", parameters);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"the parameters '{parameters}' do not fit BIVF16", run.Error, StringComparison.Ordinal);
        Assert.Contains(index is IndexBinaryIVF ? "The parameters of the index: nprobe." : "The index has no parameters.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void More_neighbors_than_an_array_holds_are_refused()
    {
        using var index = Build("BFlat");
        WriteBytes("base.bvecs", _vectors);
        WriteBytes("queries.bvecs", _queries);

        var run = CommandRun.Of("eval", Index, _folder.File("base.bvecs"), Queries, "--k", "1073741824");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--k: 20 queries × 1073741824 neighbors are more than an array holds", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tune_names_eval_for_a_binary_index()
    {
        using var index = Build("BFlat");
        WriteBytes("queries.bvecs", _queries);

        var run = CommandRun.Of("tune", Index, Queries, Queries);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("is a binary index, whose parameters tune does not explore", run.Error, StringComparison.Ordinal);
    }

    private IndexBinary Build(string factory)
    {
        Tests.Native.Require();
        var index = BinaryVectors.Index(factory, Bytes * 8, _vectors, _folder.Path);
        if (index is IndexBinaryIVF lists)
        {
            lists.NProbe = 1;
        }

        index.Save(Index);
        return index;
    }

    private void WriteBytes(string file, byte[] bytes)
    {
        var values = Array.ConvertAll(bytes, value => (float)value);
        using var stream = File.Create(_folder.File(file));
        VectorFile.Write(stream, Path.GetExtension(file), values, Bytes, file);
    }
}
