namespace FaissSdk.Generator.Tests;

public sealed class HistoryTests : IDisposable
{
    private readonly SmallHeaders _headers = new();

    public void Dispose() => _headers.Dispose();

    [Fact]
    public void Entries_name_the_versions_that_added_and_removed_them()
    {
        Add("1.7.3").Succeeded();
        _headers.Append("Index_c.h", "enum FaissKind { FAISS_NONE };\nstruct FaissPair {\n    int first;\n};\nint faiss_Index_train(FaissIndex* index, idx_t n);\n");
        Add("1.8.0").Succeeded();
        File.Delete(_headers.At("headers/Index_c.h"));
        _headers.Append("Index_c.h", "#include \"faiss_c.h\"\nint faiss_Index_train(struct FaissIndex_H* index, idx_t n, int threads);\n");
        Add("1.10.0", "--accept-changed", "faiss_Index_train").Succeeded();

        var history = ApiHistory.Read(_headers.History);

        Assert.Equal(["1.10.0", "1.8.0", "1.7.3"], history.Versions);
        Assert.Equal(new ApiHistory.Entry("IndexBinary_c.h", "1.7.3", null, "int faiss_IndexBinary_reset(FaissIndexBinary *index)"), history.Functions["faiss_IndexBinary_reset"]);
        Assert.Equal(new ApiHistory.Entry("Index_c.h", "1.7.3", "1.10.0", "int faiss_Index_reset(FaissIndex *index)"), history.Functions["faiss_Index_reset"]);
        Assert.Equal(new ApiHistory.Entry("Index_c.h", "1.8.0", null, "int faiss_Index_train(struct FaissIndex_H *index, idx_t n, int threads)"), history.Functions["faiss_Index_train"]);
        Assert.Equal(new ApiHistory.Entry("Index_c.h", "1.8.0", "1.10.0", "0"), history.EnumMembers["FaissKind.FAISS_NONE"]);
        Assert.Equal(new ApiHistory.Entry("Index_c.h", "1.8.0", "1.10.0", "int"), history.StructFields["FaissPair.first"]);
        Assert.Equal(3, history.Functions.Count);
    }

    [Fact]
    public void A_version_with_the_same_API_adds_one_line()
    {
        var tree = HeaderTrees.Newest();
        GeneratorRun.Of("history", "--history", _headers.History, "--version-name", "1.15.0", "--headers", tree.Folder).Succeeded();
        var before = File.ReadAllLines(_headers.History);

        GeneratorRun.Of("history", "--history", _headers.History, "--version-name", "1.15.1", "--headers", tree.Folder).Succeeded();

        var after = File.ReadAllLines(_headers.History).ToList();
        Assert.True(after.Remove("    \"1.15.1\","));
        Assert.Equal(before, after);
    }

    [Fact]
    public void The_committed_history_is_in_the_form_that_is_written()
    {
        var path = _headers.At("written.json");

        ApiHistory.Read(Interop.History).WriteTo(path);

        Assert.Equal(File.ReadAllText(Interop.History), File.ReadAllText(path));
    }

    [Fact]
    public void Missing_headers_for_GPUs_do_not_mean_removal()
    {
        _headers.Append("gpu/Gpu_c.h", "int faiss_gpu_start(void);\n");
        Add("1.7.3").Succeeded();
        File.Delete(_headers.At("headers/gpu/Gpu_c.h"));

        Add("1.7.4").Succeeded();

        Assert.Null(ApiHistory.Read(_headers.History).Functions["faiss_gpu_start"].RemovedIn);
    }

    [Fact]
    public void Steps_over_the_releases_agree_with_the_committed_history()
    {
        var trees = HeaderTrees.All();
        foreach (var tree in trees)
        {
            GeneratorRun.Of("history", "--history", _headers.History, "--version-name", tree.Version, "--headers", tree.Folder).Succeeded();
        }

        var (stepwise, committed) = (ApiHistory.Read(_headers.History), ApiHistory.Read(Interop.History));
        Assert.Equal(trees.Select(tree => tree.Version).Reverse(), stepwise.Versions);
        Assert.Equal(VersionsOfTrees(committed.Functions), VersionsOfTrees(stepwise.Functions));
        Assert.Equal(VersionsOfTrees(committed.EnumMembers), VersionsOfTrees(stepwise.EnumMembers));
        Assert.Equal(VersionsOfTrees(committed.StructFields), VersionsOfTrees(stepwise.StructFields));

        // The versions, among those of the trees, that have an entry; Debian's packages come without gpu/.
        IEnumerable<(string, string)> VersionsOfTrees(IEnumerable<KeyValuePair<string, ApiHistory.Entry>> entries) =>
            from entry in entries
            where !entry.Value.IsGpu
            let versions = trees.Select(tree => tree.Version).Where(entry.Value.IsIn).ToArray()
            where versions.Length > 0
            select (entry.Key, string.Join(' ', versions));
    }

    [Theory]
    [InlineData("1.9.0", "version 1.9.0 is not newer than 1.10.0, the newest of the history")]
    [InlineData("1.10.0", "version 1.10.0 is not newer than 1.10.0, the newest of the history")]
    [InlineData("newest", "'newest' is not a version such as 1.15.0")]
    public void A_version_that_is_not_newer_is_refused(string version, string error)
    {
        Add("1.10.0").Succeeded();
        var before = _headers.Fingerprint();

        Add(version).Failed(error);

        Assert.Equal(before, _headers.Fingerprint());
    }

    [Fact]
    public void An_invalid_first_version_is_refused() => Add("newest").Failed("'newest' is not a version such as 1.15.0");

    [Fact]
    public void A_function_that_comes_back_is_refused()
    {
        var index = File.ReadAllText(_headers.At("headers/Index_c.h"));
        Add("1.7.3").Succeeded();
        _headers.Write("headers/Index_c.h", "");
        Add("1.7.4").Succeeded();
        _headers.Write("headers/Index_c.h", index);
        var before = _headers.Fingerprint();

        Add("1.8.0").Failed("faiss_Index_reset was removed in 1.7.4 and is declared again in 1.8.0; the history has no form for that");

        Assert.Equal(before, _headers.Fingerprint());
    }

    [Fact]
    public void Older_headers_are_refused_without_an_option()
    {
        var index = File.ReadAllText(_headers.At("headers/Index_c.h"));
        Add("1.7.3").Succeeded();
        _headers.Append("Index_c.h", "typedef struct FaissNew_H FaissNew;\nint faiss_New_reset(FaissNew* x);\n");
        Add("1.7.4").Succeeded();
        _headers.Write("headers/Index_c.h", index);
        var before = _headers.Fingerprint();

        _headers.Generate().Failed($"{_headers.Headers}: these headers lack 1 functions of FAISS 1.7.4, such as faiss_New_reset (Index_c.h)");
        _headers.Generate("--faiss-version", "1.7.3").Failed($"{_headers.Headers}: these headers lack 1 functions of FAISS 1.7.4");
        Assert.Equal(before, _headers.Fingerprint());

        _headers.Generate("--older").Succeeded();
        Assert.False(Directory.Exists(Path.Combine(_headers.Target, "removed")));
    }

    [Fact]
    public void A_newer_version_is_added_and_removed_functions_stay_bound()
    {
        Add("1.7.3").Succeeded();
        _headers.Write("headers/Index_c.h", "#include \"faiss_c.h\"\ntypedef struct FaissIndex_H FaissIndex;\nint faiss_Index_clear(FaissIndex* index);\n");

        var run = _headers.Generate("--faiss-version", "1.8.0").Succeeded();

        Assert.StartsWith(
            string.Join(
                Environment.NewLine,
                "# FAISS 1.8.0 compared with 1.7.3: 2 changes",
                "- added: `int faiss_Index_clear(FaissIndex *index)` (Index_c.h)",
                "- removed: `faiss_Index_reset` (Index_c.h)"),
            run.Output,
            StringComparison.Ordinal);
        var history = ApiHistory.Read(_headers.History);
        Assert.Equal(["1.8.0", "1.7.3"], history.Versions);
        Assert.Equal(("1.7.3", "1.8.0"), (history.Functions["faiss_Index_reset"].Since, history.Functions["faiss_Index_reset"].RemovedIn));
        Assert.Equal(("1.8.0", null), (history.Functions["faiss_Index_clear"].Since, history.Functions["faiss_Index_clear"].RemovedIn));
        Assert.Contains("public static extern int faiss_Index_reset(FaissIndex* index);", File.ReadAllText(Path.Combine(_headers.Target, "removed", "Index_c.g.cs")), StringComparison.Ordinal);
        Assert.Contains("public static extern int faiss_Index_clear(FaissIndex* index);", File.ReadAllText(Path.Combine(_headers.Target, "Index_c.g.cs")), StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_refuses_an_invalid_version()
    {
        var before = _headers.Fingerprint();

        _headers.Generate("--faiss-version", "newest").Failed("'newest' is not a version");

        Assert.Equal(before, _headers.Fingerprint());
    }

    [Theory]
    [InlineData()]
    [InlineData("--version-name", "1.7.3")]
    public void Missing_options_are_named(params string[] options) =>
        GeneratorRun.Of(["history", "--history", _headers.History, .. options]).Failed("history needs --repository DIR, or --version-name VERSION and --headers DIR");

    [Fact]
    public void A_folder_that_is_not_a_repository_is_refused() =>
        GeneratorRun.Of("history", "--history", _headers.History, "--repository", _headers.Headers).Failed($"git tag failed in {_headers.Headers}: ");

    [Fact]
    public void The_committed_history_ends_at_the_supported_version()
    {
        var history = ApiHistory.Read(Interop.History);

        Assert.Equal("1.7.3", history.Versions[^1]);
        Assert.Contains($"<FaissVersion>{history.Newest}</FaissVersion>", File.ReadAllText(Checkout.PathTo("Directory.Build.props")), StringComparison.Ordinal);
        Assert.Equal(history.Versions.OrderByDescending(Version.Parse), history.Versions);
    }

    [Fact]
    public void The_committed_history_and_bindings_have_the_same_functions()
    {
        var (history, assembly) = (ApiHistory.Read(Interop.History), Interop.Read());

        Assert.Equal(history.Functions.Keys, assembly.Methods.Keys.Where(name => !Verification.IsOwn(name)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_committed_history_and_bindings_have_the_same_members()
    {
        var (history, assembly) = (ApiHistory.Read(Interop.History), Interop.Read());

        Assert.Equal(history.EnumMembers.Keys, assembly.Enums.SelectMany(type => type.Value.Keys.Select(member => $"{type.Key}.{member}")).Order(StringComparer.Ordinal));
        Assert.Equal(history.EnumMembers.Values.Select(entry => entry.Declaration), history.EnumMembers.Keys.Select(name => name.Split('.')).Select(name => $"{assembly.Enums[name[0]][name[1]]}"));
        Assert.Equal(history.StructFields.Keys, assembly.Structs.Where(type => type.Key.StartsWith("Faiss", StringComparison.Ordinal) && !type.Key.StartsWith("FaissSdk", StringComparison.Ordinal)).SelectMany(type => type.Value.Fields.Select(field => $"{type.Key}.{field.Name}")).Order(StringComparer.Ordinal));
    }

    private GeneratorRun Add(string version, params string[] more) => GeneratorRun.Of(["history", "--history", _headers.History, "--version-name", version, "--headers", _headers.Headers, .. more]);
}
