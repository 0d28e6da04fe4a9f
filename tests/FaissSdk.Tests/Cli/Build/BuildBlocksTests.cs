using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Tests of <c>build</c> on files that it reads in blocks.</summary>
public sealed class BuildBlocksTests : IDisposable
{
    private const int Dimension = 16;
    private const int Count = 3000;

    private readonly TemporaryFolder _folder = new();
    private readonly float[] _vectors = TestData.Integers(Count, Dimension, seed: 3);

    private string Index => _folder.File("index.faiss");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("base.fvecs")]
    [InlineData("base.fbin")]
    [InlineData("base.bvecs")]
    [InlineData("base.u8bin")]
    [InlineData("base.npy")]
    [InlineData("base.csv")]
    [InlineData("base.ivecs")]
    [InlineData("base.data", "--format", "fvecs")]
    public void Every_format_gives_the_index_of_the_vectors_in_memory(string file, params string[] options)
    {
        Tests.Native.Require();
        Write(file, options.Length > 0 ? ".fvecs" : Path.GetExtension(file));
        using var expected = FaissIndex.Create(Dimension, "IVF16,SQ8");
        expected.Train(Sample(1000, seed: 7));
        expected.Add(_vectors);

        var run = CommandRun.Of(["build", _folder.File(file), Index, "--factory", "IVF16,SQ8", "--sample", "1000", "--seed", "7", "--threads", "1", .. options]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var index = FaissIndex.Load(Index);
        var queries = TestData.Uniform(10, Dimension);
        Assert.Equal(Search(expected, queries), Search(index, queries));
    }

    [Fact]
    public void Blocks_of_a_memory_limit_give_the_index_of_the_whole()
    {
        Tests.Native.RequireOwnSearch();
        Write("base.fvecs", ".fvecs");

        // A block has 1,024 vectors.
        var run = CommandRun.Of("build", _folder.File("base.fvecs"), Index, "--factory", "Flat", "--memory", "1", "--ids", SaveIds());

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var index = FaissIndex.Load(Index);
        Assert.Equal(Count, index.Count);
        Assert.Equal(_vectors, index.Reconstruct([.. Enumerable.Range(0, Count).Select(i => 5000L - i)]));
    }

    [Fact]
    public async Task A_file_larger_than_the_heap_is_indexed()
    {
        Tests.Native.Require();
        Assert.SkipWhen(ProgramHost.IsSelfContained, "The limit of the heap is a setting of the dotnet command.");
        const int count = 600_000;
        using (var stream = File.Create(_folder.File("large.fvecs")))
        {
            var block = TestData.Uniform(10_000, 32);
            for (var i = 0; i < count / 10_000; i++)
            {
                VectorFile.Write(stream, ".fvecs", block, 32, "large.fvecs");
            }
        }

        // The file has 79 MB, the index 5.
        using var process = new CommandProcess(
            new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x2800000", ["DOTNET_gcServer"] = "0" },
            ["build", _folder.File("large.fvecs"), Index, "--factory", "PQ8x4", "--sample", "5000", "--memory", "16"]);
        var run = await process.Finish();

        // A slow machine shows its progress.
        Assert.DoesNotContain(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith("faiss-sdk: added ", StringComparison.Ordinal));
        Assert.Equal(0, run.ExitCode);
        using var index = FaissIndex.Load(Index);
        Assert.Equal(count, index.Count);
    }

    [Fact]
    public void A_component_that_is_not_finite_is_named_by_its_number_in_the_file()
    {
        Tests.Native.RequireOwnSearch();
        _vectors[(2500 * Dimension) + 3] = float.NaN;
        Write("base.fvecs", ".fvecs");

        var run = CommandRun.Of("build", _folder.File("base.fvecs"), Index, "--factory", "IVF16,Flat", "--memory", "1", "--sample", "500");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("NaN in vector 2500, component 3", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Index));
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("IVF16,Flat")]
    public void A_number_beyond_single_precision_is_named(string factory)
    {
        Tests.Native.Require();
        var numbers = Array.ConvertAll(_vectors, value => (double)value);
        numbers[(2500 * Dimension) + 3] = 1e39;
        _folder.Write("base.npy", Npy.OfBytes(Npy.Header("<f8", shape: "(3000, 16)"), System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>(numbers)));

        var run = CommandRun.Of("build", _folder.File("base.npy"), Index, "--factory", factory);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("base.npy: component 3 of vector 2500 (both counted from 0) is 1E+39, beyond the range", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Index));
    }

    [Fact]
    public void A_sample_of_more_than_half_the_memory_is_refused()
    {
        Tests.Native.RequireOwnSearch();
        VectorFile.Write(_folder.File("base.fvecs"), TestData.Uniform(10_000, Dimension), Dimension);

        var run = CommandRun.Of("build", _folder.File("base.fvecs"), Index, "--factory", "IVF16,PQ4", "--memory", "1", "--sample", "9000");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("--sample is 9000, and these vectors take 1 MiB, more than half of --memory 1; ask for at most 8192 vectors", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_sample_the_training_is_cut_to_the_memory()
    {
        Tests.Native.RequireOwnSearch();
        VectorFile.Write(_folder.File("base.fvecs"), TestData.Uniform(10_000, Dimension), Dimension);

        var run = CommandRun.Of("build", _folder.File("base.fvecs"), Index, "--factory", "IVF16,PQ4x4", "--memory", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("the index is trained with 8,192 of 10,000 vectors, drawn at random", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_dimension_in_the_middle_is_named()
    {
        Tests.Native.Require();
        Write("base.fvecs", ".fvecs");
        using (var file = File.OpenWrite(_folder.File("base.fvecs")))
        {
            file.Position = 2000 * (4 + (4 * Dimension));
            file.Write(BitConverter.GetBytes(Dimension + 1));
        }

        var run = CommandRun.Of("build", _folder.File("base.fvecs"), Index, "--factory", "Flat");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("vector 2000 has dimension 17, but vector 0 has 16", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Index));
    }

    [Theory]
    [InlineData("cut.fvecs", "record 3 (byte offset 204) is cut off")]
    [InlineData("empty.fbin", "declares 0 vectors of dimension 16")]
    [InlineData("zip.fvecs", "zip")]
    public void A_damaged_file_is_named_as_one_that_is_read_whole(string file, string expected)
    {
        Tests.Native.Require();
        VectorFile.Write(_folder.File("cut.fvecs"), _vectors.AsMemory(0, 4 * Dimension), Dimension);
        File.WriteAllBytes(_folder.File("cut.fvecs"), File.ReadAllBytes(_folder.File("cut.fvecs"))[..^1]);
        File.WriteAllBytes(_folder.File("empty.fbin"), [0, 0, 0, 0, Dimension, 0, 0, 0]);
        File.WriteAllBytes(_folder.File("zip.fvecs"), [.. "PK\u0003\u0004"u8, .. new byte[100]]);

        var run = CommandRun.Of("build", _folder.File(file), Index, "--factory", "Flat");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static (long, float)[] Search(FaissIndex index, float[] queries)
    {
        index.SetParameter("nprobe", 16);
        var found = index.Search(queries, 5);
        return [.. found.Ids.ToArray().Zip(found.Distances.ToArray())];
    }

    private float[] Sample(int count, int seed) =>
        [.. RandomSample.SubsampleRows(Count, count, seed).SelectMany(row => _vectors[(row * Dimension)..((row + 1) * Dimension)])];

    private string SaveIds()
    {
        LabelFile.Write(_folder.File("ids.npy"), Enumerable.Range(0, Count).Select(i => 5000L - i).ToArray());
        return _folder.File("ids.npy");
    }

    private void Write(string file, string format)
    {
        using var stream = File.Create(_folder.File(file));
        VectorFile.Write(stream, format, _vectors, Dimension, file);
    }
}
