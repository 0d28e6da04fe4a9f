namespace FaissSdk.Generator.Tests;

public sealed class HistoryTests : IDisposable
{
    private readonly SmallHeaders _headers = new();

    public void Dispose() => _headers.Dispose();

    [Fact]
    public void First_and_last_versions_follow_from_the_versions_added()
    {
        Add("1.7.3").Succeeded();
        _headers.Append("Index_c.h", "enum FaissKind { FAISS_NONE };\nstruct FaissPair {\n    int first;\n};\nint faiss_Index_train(FaissIndex* index, idx_t n);\n");
        Add("1.8.0").Succeeded();
        File.Delete(_headers.At("headers/Index_c.h"));
        _headers.Append("Index_c.h", "#include \"faiss_c.h\"\nint faiss_Index_train(struct FaissIndex_H* index, idx_t n, int threads);\n");
        Add("1.10.0").Succeeded();

        var history = ApiHistory.Read(_headers.History);

        Assert.Equal(["1.7.3", "1.8.0", "1.10.0"], history.Versions);
        Assert.Equal(new ApiHistory.Entry("IndexBinary_c.h", "1.7.3", "1.10.0", "int faiss_IndexBinary_reset(FaissIndexBinary *index)"), history.Functions["faiss_IndexBinary_reset"]);
        Assert.Equal(new ApiHistory.Entry("Index_c.h", "1.7.3", "1.8.0", "int faiss_Index_reset(FaissIndex *index)"), history.Functions["faiss_Index_reset"]);
        Assert.Equal(new ApiHistory.Entry("Index_c.h", "1.8.0", "1.10.0", "int faiss_Index_train(struct FaissIndex_H *index, idx_t n, int threads)"), history.Functions["faiss_Index_train"]);
        Assert.Equal(new ApiHistory.Entry("Index_c.h", "1.8.0", "1.8.0", "0"), history.EnumMembers["FaissKind.FAISS_NONE"]);
        Assert.Equal(new ApiHistory.Entry("Index_c.h", "1.8.0", "1.8.0", "int"), history.StructFields["FaissPair.first"]);
        Assert.Equal(3, history.Functions.Count);
    }

    [Fact]
    public void Steps_over_the_releases_agree_with_the_committed_history()
    {
        var trees = HeaderTrees.All();
        foreach (var tree in trees)
        {
            GeneratorRun.Of("history", "--history", _headers.History, "--version-name", tree.Version, "--headers", tree.Folder).Succeeded();
        }

        var (made, committed) = (ApiHistory.Read(_headers.History), ApiHistory.Read(Interop.History));
        Assert.Equal(trees.Select(tree => tree.Version), made.Versions);
        Assert.Equal(Seen(committed.Functions), Seen(made.Functions));
        Assert.Equal(Seen(committed.EnumMembers), Seen(made.EnumMembers));
        Assert.Equal(Seen(committed.StructFields), Seen(made.StructFields));

        // What a history comes to where only these versions are seen; Debian's packages come without gpu/.
        IEnumerable<(string, string, string)> Seen(IEnumerable<KeyValuePair<string, ApiHistory.Entry>> entries) =>
            from entry in entries
            where !entry.Value.Header.StartsWith("gpu/", StringComparison.Ordinal)
            let seen = trees.Select(tree => tree.Version).Where(version => Version.Parse(version) >= Version.Parse(entry.Value.First) && Version.Parse(version) <= Version.Parse(entry.Value.Last)).ToArray()
            where seen.Length > 0
            select (entry.Key, seen[0], seen[^1]);
    }

    [Theory]
    [InlineData("1.9.0", "version 1.9.0 cannot follow 1.10.0 in the history")]
    [InlineData("1.10.0", "version 1.10.0 cannot follow 1.10.0 in the history")]
    [InlineData("newest", "'newest' is no version, such as 1.15.0")]
    public void A_version_that_does_not_follow_is_refused(string version, string error)
    {
        Add("1.10.0").Succeeded();
        var before = _headers.Fingerprint();

        Add(version).Failed(error);

        Assert.Equal(before, _headers.Fingerprint());
    }

    [Fact]
    public void What_is_no_version_is_refused_as_the_first_one_too() => Add("newest").Failed("'newest' is no version, such as 1.15.0");

    [Fact]
    public void A_function_that_comes_back_is_refused()
    {
        var index = File.ReadAllText(_headers.At("headers/Index_c.h"));
        Add("1.7.3").Succeeded();
        _headers.Write("headers/Index_c.h", "");
        Add("1.7.4").Succeeded();
        _headers.Write("headers/Index_c.h", index);
        var before = _headers.Fingerprint();

        Add("1.8.0").Failed("faiss_Index_reset is in 1.7.3 and 1.8.0, but not in 1.7.4; the history has no form for that");

        Assert.Equal(before, _headers.Fingerprint());
    }

    [Fact]
    public void Headers_that_lack_what_the_newest_version_has_are_refused_unless_older_ones_are_meant()
    {
        var index = File.ReadAllText(_headers.At("headers/Index_c.h"));
        Add("1.7.3").Succeeded();
        _headers.Append("Index_c.h", "typedef struct FaissNew_H FaissNew;\nint faiss_New_reset(FaissNew* x);\n");
        Add("1.7.4").Succeeded();
        _headers.Write("headers/Index_c.h", index);
        var before = _headers.Fingerprint();

        _headers.Generate().Failed($"{_headers.Headers}: lacks 1 functions of FAISS 1.7.4, such as faiss_New_reset (Index_c.h)");
        _headers.Generate("--faiss-version", "1.7.3").Failed($"{_headers.Headers}: lacks 1 functions of FAISS 1.7.4");
        Assert.Equal(before, _headers.Fingerprint());

        _headers.Generate("--older").Succeeded();
        Assert.False(Directory.Exists(Path.Combine(_headers.Target, "removed")));
    }

    [Fact]
    public void A_newer_version_is_added_and_what_it_lacks_is_kept_as_removed()
    {
        Add("1.7.3").Succeeded();
        _headers.Write("headers/Index_c.h", "#include \"faiss_c.h\"\ntypedef struct FaissIndex_H FaissIndex;\nint faiss_Index_clear(FaissIndex* index);\n");

        var run = _headers.Generate("--faiss-version", "1.8.0").Succeeded();

        Assert.StartsWith(
            string.Join(
                Environment.NewLine,
                "# FAISS 1.8.0 against 1.7.3: 2 changes",
                "- added: `int faiss_Index_clear(FaissIndex *index)` (Index_c.h)",
                "- removed: `faiss_Index_reset` (Index_c.h)"),
            run.Output,
            StringComparison.Ordinal);
        var history = ApiHistory.Read(_headers.History);
        Assert.Equal(["1.7.3", "1.8.0"], history.Versions);
        Assert.Equal(("1.7.3", "1.7.3"), (history.Functions["faiss_Index_reset"].First, history.Functions["faiss_Index_reset"].Last));
        Assert.Equal(("1.8.0", "1.8.0"), (history.Functions["faiss_Index_clear"].First, history.Functions["faiss_Index_clear"].Last));
        Assert.Contains("public static extern int faiss_Index_reset(FaissIndex* index);", File.ReadAllText(Path.Combine(_headers.Target, "removed", "Index_c.g.cs")), StringComparison.Ordinal);
        Assert.Contains("public static extern int faiss_Index_clear(FaissIndex* index);", File.ReadAllText(Path.Combine(_headers.Target, "Index_c.g.cs")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_is_no_version_is_refused_by_generate()
    {
        var before = _headers.Fingerprint();

        _headers.Generate("--faiss-version", "newest").Failed("'newest' is no version");

        Assert.Equal(before, _headers.Fingerprint());
    }

    [Theory]
    [InlineData()]
    [InlineData("--version-name", "1.7.3")]
    public void Without_headers_or_a_repository_the_options_are_named(params string[] options) =>
        GeneratorRun.Of(["history", "--history", _headers.History, .. options]).Failed("history needs --repository DIR, or --version-name VERSION and --headers DIR");

    [Fact]
    public void A_folder_that_is_no_repository_is_refused() =>
        GeneratorRun.Of("history", "--history", _headers.History, "--repository", _headers.Headers).Failed($"git tag failed in {_headers.Headers}: ");

    [Fact]
    public void The_committed_history_holds_fifteen_releases_up_to_the_newest()
    {
        var history = ApiHistory.Read(Interop.History);

        Assert.Equal(15, history.Versions.Count);
        Assert.Equal("1.7.3", history.Versions[0]);
        Assert.Equal("1.15.0", history.Newest);
        Assert.Equal(history.Versions.OrderBy(Version.Parse), history.Versions);
    }

    [Fact]
    public void The_committed_history_and_the_compiled_bindings_hold_the_same_functions()
    {
        var (history, assembly) = (ApiHistory.Read(Interop.History), Interop.Read());

        Assert.Equal(history.Functions.Keys, assembly.Methods.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(397 + 1 + 52, history.Functions.Count);
    }

    [Fact]
    public void The_committed_history_and_the_compiled_bindings_hold_the_same_enum_members_and_fields()
    {
        var (history, assembly) = (ApiHistory.Read(Interop.History), Interop.Read());

        Assert.Equal(history.EnumMembers.Keys, assembly.Enums.SelectMany(type => type.Value.Keys.Select(member => $"{type.Key}.{member}")).Order(StringComparer.Ordinal));
        Assert.Equal(history.EnumMembers.Values.Select(entry => entry.Declaration), history.EnumMembers.Keys.Select(name => name.Split('.')).Select(name => $"{assembly.Enums[name[0]][name[1]]}"));
        Assert.Equal(history.StructFields.Keys, assembly.Structs.Where(type => type.Key.StartsWith("Faiss", StringComparison.Ordinal)).SelectMany(type => type.Value.Fields.Select(field => $"{type.Key}.{field.Name}")).Order(StringComparer.Ordinal));
    }

    private GeneratorRun Add(string version) => GeneratorRun.Of("history", "--history", _headers.History, "--version-name", version, "--headers", _headers.Headers);
}
