using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class BuildTests : IDisposable
{
    private const int Dimension = 16;

    private readonly TemporaryFolder _folder = new();
    private readonly float[] _vectors = TestData.Uniform(2000, Dimension);
    private readonly string _base;
    private readonly string _index;

    public BuildTests()
    {
        (_base, _index) = (_folder.File("base.fvecs"), _folder.File("index.faiss"));
        VectorFile.Write(_base, _vectors, Dimension);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Flat")]
    [InlineData("IVF16,Flat", "--sample", "1000")]
    [InlineData("HNSW16", "--metric", "ip")]
    [InlineData("IVF16,SQ8", "--metric", "cosine", "--threads", "1")]
    public void An_index_holds_the_vectors_of_the_file(string factory, params string[] options)
    {
        Tests.Native.Require();

        var run = CommandRun.Of(["build", _base, _index, "--factory", factory, .. options]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var index = FaissIndex.Load(_index);
        Assert.Equal((2000, Dimension), (index.Count, index.Dimension));
        Assert.Contains("wrote 2,000 vectors to", run.Output, StringComparison.Ordinal);
        if (factory == "Flat")
        {
            Assert.Equal(7, index.Search(_vectors.AsSpan(7 * Dimension, Dimension), 1)[0][0].Id);
        }
    }

    [Theory]
    [InlineData("Flat", "ids.txt")]
    [InlineData("IVF16,Flat", "ids.npy")]
    public void Ids_of_64_bits_are_kept(string factory, string name)
    {
        Tests.Native.Require();
        var ids = Enumerable.Range(0, 2000).Select(i => (1L << 40) + i).ToArray();
        LabelFile.Write(_folder.File(name), ids);

        var run = CommandRun.Of("build", _base, _index, "--factory", factory, "--ids", _folder.File(name));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var index = FaissIndex.Load(_index);
        if (factory.StartsWith("IVF", StringComparison.Ordinal))
        {
            index.SetParameter("nprobe", 16);
        }

        Assert.Equal((1L << 40) + 9, index.Search(_vectors.AsSpan(9 * Dimension, Dimension), 1)[0][0].Id);
    }

    [Theory]
    [InlineData("PQ4x4np,RFlat")]
    [InlineData("PQ4x4np,Refine(SQ8)")]
    [InlineData("IVF16,PQ4x4np,RFlat")]
    [InlineData("IVF16,PQ4x4np,RFlat", "--metric", "cosine")]
    [InlineData("L2norm,PQ4x4np,RFlat", "--metric", "ip")]
    [InlineData("PCA8,SQ8")]
    public void Kinds_that_store_no_ids_get_a_map(string factory, params string[] options)
    {
        Tests.Native.RequireOwnSearch();
        LabelFile.Write(_folder.File("ids.txt"), Enumerable.Range(0, 2000).Select(i => (1L << 40) + i).ToArray());

        var run = CommandRun.Of(["build", _base, _index, "--factory", factory, "--ids", _folder.File("ids.txt"), .. options]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var index = Assert.IsType<IndexIDMap2>(FaissIndex.Load(_index));
        Assert.Equal(2000, index.Count);
        Assert.InRange(index.Search(_vectors.AsSpan(9 * Dimension, Dimension), 1)[0][0].Id, 1L << 40, (1L << 40) + 1999);
    }

    [Fact]
    public void Lists_beyond_the_memory_lie_in_a_file()
    {
        Tests.Native.RequireMapping();
        VectorFile.Write(_base, TestData.Uniform(30_000, Dimension), Dimension);

        var run = CommandRun.Of("build", _base, _index, "--factory", "IVF16,Flat", "--memory", "1", "--sample", "2000");

        Assert.SkipWhen(run.Error.Contains("Building an index on disk needs", StringComparison.Ordinal), run.Error);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.True(File.Exists(_folder.File("index.ivfdata")));
        using var index = FaissIndex.Load(_index);
        Assert.Equal(30_000, index.Count);
        Assert.Contains("OnDiskInvertedLists (ilod): 16 lists", CommandRun.Of("info", _index).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "'{0}' exists; delete it, or choose another path", "index.faiss", "IVF16,Flat")]
    [InlineData(1, "index.ivfdata' exists; delete it, or choose another path", "index.faiss", "IVF16,Flat", "index.ivfdata")]
    [InlineData(2, "OUTPUT: path '{0}' has the extension .ivfdata", "other.ivfdata", "IVF16,Flat")]
    [InlineData(1, "'IDMap2,IVF16,Flat", "new.faiss", "IDMap2,IVF16,Flat")]
    [InlineData(1, "FAISS cannot map the lists of 'IVF16,PQ16x4fs", "new.faiss", "IVF16,PQ16x4fs")]
    public void Lists_that_cannot_lie_in_a_file_are_refused_before_the_training(int exitCode, string expected, string output, string factory, string existing = "index.faiss")
    {
        Tests.Native.RequireMapping();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_encode_for_lists"), "This needs a library of FaissSdk.");
        _folder.Write(existing, "previous");

        // A training would refuse them.
        var vectors = new float[100_000 * Dimension];
        Array.Fill(vectors, float.NaN);
        VectorFile.Write(_base, vectors, Dimension);

        var run = CommandRun.Of("build", _base, _folder.File(output), "--factory", factory, "--memory", "1", "--sample", "2000");

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, _folder.File(output)), run.Error, StringComparison.Ordinal);
        Assert.Equal("previous", File.ReadAllText(_folder.File(existing)));
    }

    [Fact]
    public void More_memory_than_there_is_is_refused_before_the_training()
    {
        Tests.Native.RequireMapping();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_encode_for_lists"), "This needs a library of FaissSdk.");
        const int dimension = 1 << 16;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var count = (int)(available / dimension / sizeof(float)) + 10_000;

        // The zeros after the header take no room.
        var path = _folder.Write("large.fbin", [.. BitConverter.GetBytes(count), .. BitConverter.GetBytes(dimension)]);
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(8 + ((long)count * dimension * sizeof(float)));
        }

        var memory = (int)(available >> 20) + 100;
        var run = CommandRun.Of("build", path, _index, "--factory", "IVF16,Flat", "--sample", "100", "--memory", memory.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(FormattableString.Invariant($"--memory is {memory}, more than the {available >> 20} MiB that the process may have"), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kind_without_lists_beyond_the_memory_is_refused()
    {
        Tests.Native.RequireOwnSearch();
        VectorFile.Write(_base, TestData.Uniform(30_000, Dimension), Dimension);

        var run = CommandRun.Of("build", _base, _index, "--factory", "Flat", "--memory", "1");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--memory is 1, and Flat of 30,000 vectors takes about 2 MiB", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_index));
    }

    [Theory]
    [InlineData("--factory is missing")]
    [InlineData("--factory: ", "--factory", "Flatt")]
    [InlineData("--metric is 'l3', expected l2, ip or cosine", "--factory", "Flat", "--metric", "l3")]
    [InlineData("--metric is always cosine with --text", "--text", "--metric", "l2")]
    [InlineData("--sample is '0'", "--factory", "Flat", "--sample", "0")]
    [InlineData("has 3 ids, and", "--factory", "Flat", "--ids", "three.txt")]
    [InlineData("line 2 is 'x', expected an integer", "--factory", "Flat", "--ids", "bad.txt")]
    [InlineData("negative.txt: line 3 is -1, expected an id of 0 or more", "--factory", "Flat", "--ids", "negative.txt")]
    [InlineData("absent.txt does not exist", "--factory", "Flat", "--ids", "absent.txt")]
    public void Wrong_usage_is_refused(string expected, params string[] options)
    {
        Tests.Native.Require();
        _folder.Write("three.txt", "1\n2\n3\n");
        _folder.Write("bad.txt", "1\nx\n");
        _folder.Write("negative.txt", $"7\n8\n-1\n{string.Join('\n', Enumerable.Range(10, 1997))}\n");

        var run = CommandRun.Of(["build", _base, _index, .. options.Select(option => option.EndsWith(".txt", StringComparison.Ordinal) ? _folder.File(option) : option)]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_index));
    }

    [Fact]
    public void The_input_is_not_overwritten()
    {
        Tests.Native.Require();
        var content = File.ReadAllBytes(_base);

        var run = CommandRun.Of("build", _base, _base, "--factory", "Flat");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is the input file", run.Error, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllBytes(_base));
    }

    [Fact]
    public void A_failed_build_leaves_the_previous_index()
    {
        Tests.Native.Require();
        File.WriteAllText(_index, "previous");
        VectorFile.Write(_base, new float[] { 1, 2, float.NaN, 4 }, 2);

        var run = CommandRun.Of("build", _base, _index, "--factory", "PQ1");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("previous", File.ReadAllText(_index));
    }

    [Fact]
    public void A_text_is_found_by_its_words()
    {
        Tests.Native.Require();
        var notes = _folder.Write("notes.txt", "Compress a stream of bytes\nRead all lines of a file\n--\nParse a date and a time\n");

        var built = CommandRun.Of("build", notes, _index, "--text", "--dimension", "64");
        var found = CommandRun.Of("search", _index, "--query", "file lines", "--k", "2");

        Assert.Equal(0, built.ExitCode);
        Assert.Contains("1 of 4 lines have no words and are left out; the first is line 3.", built.Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), (found.ExitCode, found.Error));
        Assert.Matches("(?s)^[^\n]+\n +1 +[0-9.]+  Read all lines of a file\n", found.Output);

        // Numbers of lines, also after the one that was left out.
        Assert.Matches(" 3 +[0-9.]+  Parse a date", CommandRun.Of("search", _index, "--query", "date", "--k", "1").Output);
        Assert.Contains("no word of 'zebra' occurs in the texts", CommandRun.Of("search", _index, "--query", "zebra").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_of_a_text_are_not_shown()
    {
        Tests.Native.Require();
        var notes = _folder.Write("notes.txt", "Read \u001B[31mred lines of a long text that is shown as a whole\n");
        CommandRun.Of("build", notes, _index, "--text", "--dimension", "64");

        var run = CommandRun.Of("search", _index, "--query", "read", "--k", "1");

        Assert.EndsWith("  Read ?[31mred lines of a long text that is shown as a whole", run.Output.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_texts_of_another_index_are_refused()
    {
        Tests.Native.Require();
        var notes = _folder.Write("notes.txt", "Compress a stream of bytes\nRead all lines of a file\n");
        CommandRun.Of("build", notes, _index, "--text", "--dimension", "64");
        using (var index = FaissIndex.Load(_index))
        {
            // The length stays.
            float[] swapped = [.. index.Reconstruct(1), .. index.Reconstruct(0)];
            index.Reset();
            index.Add(swapped);
            index.Save(_index);
        }

        var run = CommandRun.Of("search", _index, "--query", "file", "--k", "1");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains($"{TextModel.PathFor(_index)}: holds the texts of another index than {_index} is now", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_build_without_texts_deletes_those_of_the_index_before()
    {
        Tests.Native.Require();
        var notes = _folder.Write("notes.txt", "Compress a stream of bytes\nRead all lines of a file\n");
        CommandRun.Of("build", notes, _index, "--text", "--dimension", "64");

        var run = CommandRun.Of("build", _base, _index, "--factory", "Flat");

        Assert.Equal((0, $"faiss-sdk: note: {TextModel.PathFor(_index)}, the embedding of the index that was there, is deleted.\n"), (run.ExitCode, run.Error));
        Assert.False(File.Exists(TextModel.PathFor(_index)));
        File.WriteAllText(TextModel.PathFor(_index), "mine");
        CommandRun.Of("build", _base, _index, "--factory", "Flat");
        Assert.True(File.Exists(TextModel.PathFor(_index)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("{\"form\": \"other\", \"dimension\": 3}")]
    [InlineData("{\"form\": \"faiss-sdk text embedding, form 2\", \"dimension\": 64, \"textCount\": 1, \"textsWithWord\": {\"a\": 1}, \"texts\": {\"x\": \"y\"}}")]
    public void A_damaged_embedding_is_refused(string content)
    {
        Tests.Native.Require();
        CommandRun.Of("build", _base, _index, "--factory", "Flat");
        File.WriteAllText(TextModel.PathFor(_index), content);

        var run = CommandRun.Of("search", _index, "--query", "a");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("build the index again with --text", run.Error, StringComparison.Ordinal);
    }
}
