using System.Text;
using System.Text.Json;
using FaissSdk.Cli;
using FaissSdk.Tests.Files;

namespace FaissSdk.Tests.Cli;

public sealed class InfoTests : IDisposable
{
    private const int Mutations = 300;

    // Their content is not described, beyond the header.
    private static readonly string[] Undescribed =
    [
        "RQ2x4fs_32_Nrq2x4", "PRQ2x2x4fs_32_Nrq2x4", "IVF16,RQ2x4fs_32_Nrq2x4", "Residual16,PQ4x4", "HNSW16_16+PQ4",
        "EDEN2", "IVF16,EDEN2", "RaBitQfs", "IVF16,RaBitQfs", "HNSW16_FlatPanorama4", "BHash8", "BHash2x8",
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => [.. IndexFiles.All.Select(file => file.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_index_is_described(string name)
    {
        var file = IndexFiles.All.Single(one => one.Name == name);
        var (root, fault, following) = Read(Write(file));

        Assert.Null(fault);
        Assert.Equal(0, following);
        Assert.DoesNotContain(root.Descendants(), node => node.IsUnknown);
        Assert.Equal(Undescribed.Contains(file.Description), root.Descendants().Any(node => node.Note is not null));

        // Such a quantizer holds no vectors, and numbers those that it can represent.
        Assert.Equal(file.Description.StartsWith("RCQ", StringComparison.Ordinal) ? 256L : file.Count, Fact(root, "count"));
        if (!file.IsBinary)
        {
            Assert.Equal(8L, Fact(root, "dimension"));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Damaged_files_are_described_or_refused(string name)
    {
        Tests.Native.Require();
        var file = IndexFiles.All.Single(one => one.Name == name);
        var content = File.ReadAllBytes(Write(file));
        foreach (var mutated in FileMutation.Of(content, FileMutation.Seed(name)).Take(Mutations))
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var (root, fault, _) = IndexFileReader.Read(new MemoryStream(mutated));
            Assert.True(fault is null || fault.Contains("byte offset", StringComparison.Ordinal), fault);
            Assert.NotNull(root.Kind);

            // A length in a file is no reason to allocate as much.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, (8L * mutated.Length) + (1 << 21));
        }
    }

    [Fact]
    public void Parts_are_shown_as_a_tree()
    {
        Tests.Native.Require();
        var path = Write(IndexFiles.All.Single(file => file.Name == "OPQ4,PQ4x4"));

        var run = CommandRun.Of("info", path);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches("(?s)IndexPreTransform \\(IxPT\\): d 8, 100 vectors, L2\n├─ transform: LinearTransform \\(LTra\\): d 8 to 8\n└─ index: IndexPQ \\(IxPq\\): d 8, 100 vectors, L2\n   └─ encoder: ProductQuantizer: d 8, 4 subquantizers, 4 bits each", run.Output);
    }

    [Fact]
    public void Lists_and_parameters_are_properties_in_json()
    {
        Tests.Native.Require();
        var path = Write(IndexFiles.All.Single(file => file.Name == "IVF16,SQ8"));

        using var json = JsonDocument.Parse(CommandRun.Of("info", path, "--json").Output);

        var index = json.RootElement.GetProperty("index");
        Assert.Equal(("IndexIVFScalarQuantizer", "IwSq", 16), (index.GetProperty("kind").GetString(), index.GetProperty("code").GetString(), index.GetProperty("lists").GetInt32()));
        Assert.Equal(["quantizer", "encoder", "inverted lists"], index.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("role").GetString()));
        Assert.Equal("8bit", index.GetProperty("parts")[1].GetProperty("type").GetString());
        Assert.Equal(100, index.GetProperty("parts")[2].GetProperty("stored").GetInt32());
    }

    [Fact]
    public void A_cut_file_is_named_with_the_parts_before()
    {
        Tests.Native.Require();
        var path = Write(IndexFiles.All.Single(file => file.Name == "IDMap2,Flat"));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^9]);

        var run = CommandRun.Of("info", path);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("└─ index: IndexFlatL2 (IxF2): d 8, 100 vectors", run.Output, StringComparison.Ordinal);
        Assert.Matches("at byte offset \\d+ the ids has 100 elements of 8 bytes, and only 791 bytes are left; the file is cut off or damaged", run.Error);
    }

    [Theory]
    [InlineData("Ixyz", 0, "unknown")]
    [InlineData("Abcd", 2, "does not start with the code of a FAISS index")]
    [InlineData("<html>", 2, "is an HTML page")]
    public void An_unknown_file_is_named(string content, int exitCode, string expected)
    {
        var path = _folder.Write("index.faiss", [.. Encoding.UTF8.GetBytes(content), .. new byte[100]]);

        var run = CommandRun.Of("info", path);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(expected, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_part_leaves_the_others()
    {
        Tests.Native.Require();
        var path = Write(IndexFiles.All.Single(file => file.Name == "IDMap2,Flat"));
        var content = File.ReadAllBytes(path);
        "Iqqq"u8.CopyTo(content.AsSpan(content.AsSpan().IndexOf("IxF2"u8)));
        File.WriteAllBytes(path, content);

        var run = CommandRun.Of("info", path);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("IndexIDMap2 (IxM2): d 8, 100 vectors", run.Output, StringComparison.Ordinal);
        Assert.Contains("'Iqqq' at byte offset 37 is not the code of an index that is known here", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_after_the_index_are_noted()
    {
        Tests.Native.Require();
        var path = Write(IndexFiles.All[0]);
        File.AppendAllText(path, "tail");

        Assert.Contains("4 bytes follow the index", CommandRun.Of("info", path).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Vectors_are_counted_and_measured()
    {
        var path = _folder.Write("v.csv", "3,4\n0,1\n");

        using var json = JsonDocument.Parse(CommandRun.Of("info", path, "--json").Output);

        Assert.Equal((2, 2, 5.0, 1.0), (
            json.RootElement.GetProperty("count").GetInt32(),
            json.RootElement.GetProperty("dimension").GetInt32(),
            json.RootElement.GetProperty("maxLength").GetDouble(),
            json.RootElement.GetProperty("minLength").GetDouble()));
    }

    [Theory]
    [InlineData("points.csv", "Index,a,b\n1,2.5,3\n2,4.5,6\n")]
    [InlineData("points.csv", "null,a,b\n1,2.5,3\n2,4.5,6\n")]
    [InlineData("points.tsv", "ID\tx\ty\n1\t2\t3\n2\t3\t4\n")]
    [InlineData("points.TXT", "Id;a;b\n1;2;3\n2;3;4\n")]
    public void A_text_whose_header_begins_like_an_index_has_vectors(string name, string content)
    {
        var path = _folder.Write(name, content);

        var run = CommandRun.Of("info", path, "--json");

        Assert.Equal(0, run.ExitCode);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal((2, 3), (json.RootElement.GetProperty("count").GetInt32(), json.RootElement.GetProperty("dimension").GetInt32()));
    }

    [Fact]
    public void An_index_may_be_named_like_vectors()
    {
        Tests.Native.Require();
        var path = _folder.File("index.npy");
        IndexFiles.All[0].Write(path);

        Assert.StartsWith($"{path}: ", CommandRun.Of("info", path).Output, StringComparison.Ordinal);
        Assert.Contains(" (I", CommandRun.Of("info", path).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3e20,4e20\n3e20,4e20\n", 5e20)]
    [InlineData("3e-25,4e-25\n3e-25,4e-25\n", 5e-25)]
    public void Lengths_have_the_range_of_the_components(string content, double length)
    {
        var path = _folder.Write("v.csv", content);

        using var json = JsonDocument.Parse(CommandRun.Of("info", path, "--json").Output);

        foreach (var name in (string[])["minLength", "maxLength", "meanLength"])
        {
            Assert.Equal(1, json.RootElement.GetProperty(name).GetDouble() / length, 6);
        }
    }

    private string Write(IndexFile file)
    {
        Tests.Native.Require();
        var path = _folder.File("index.faiss");
        file.Write(path);
        return path;
    }

    private static (IndexNode Root, string? Fault, long Following) Read(string path)
    {
        using var stream = File.OpenRead(path);
        return IndexFileReader.Read(stream);
    }

    private static object Fact(IndexNode node, string name) => node.Facts.Single(fact => fact.Name == name).Value;
}
