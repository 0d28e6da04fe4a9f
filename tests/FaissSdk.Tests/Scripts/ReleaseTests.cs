using System.Text.Json;

namespace FaissSdk.Tests.Scripts;

/// <summary>How scripts/build-native.sh --version gets a release of FAISS, on repositories that the tests make.</summary>
public sealed class ReleaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _variables = [];

    private string Cache => _folder.File("cache/faiss-sdk/native");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_unknown_version_is_refused_with_the_known_ones()
        => await Refused(2, "--version 1.99.0 is not a release of FAISS whose commit is known; choose one of 1.15.0, 1.14.3", "1.99.0");

    [Fact]
    public async Task A_version_and_a_source_exclude_each_other()
        => await Refused(2, "use only one of --version and --source", "1.15.0", "--source", _folder.Path);

    [Fact]
    public async Task Another_commit_under_the_tag_is_refused()
    {
        var upstream = await Upstream();
        await Refused(1, $"the tag v1.15.0 of {upstream.Address} is the commit {upstream.Commit}, not {PinnedCommit("1.15.0")}", "1.15.0");
    }

    [Fact]
    public async Task No_variable_switches_the_verification_off()
    {
        var upstream = await Upstream();
        foreach (var name in (string[])["commit", "found", "release", "kept", "source_dir", "root", "force"])
        {
            _variables[name] = name is "commit" or "found" ? upstream.Commit : upstream.Path;
        }

        _variables["GIT_DIR"] = Path.Combine(upstream.Path, ".git");
        _variables["GIT_WORK_TREE"] = upstream.Path;
        await Refused(1, $"is the commit {upstream.Commit}, not {PinnedCommit("1.15.0")}", "1.15.0");
    }

    [Fact]
    public async Task A_missing_tag_is_named()
    {
        var upstream = await Upstream();
        await Refused(1, $"{upstream.Address} has no tag v1.14.3; set FAISS_REPOSITORY", "1.14.3");
    }

    [Fact]
    public async Task A_missing_repository_is_named_with_the_ways_out()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/git"), "git is missing.");
        _variables["FAISS_REPOSITORY"] = "file://" + _folder.File("absent");
        await Refused(1, $"FAISS 1.15.0 cannot be cloned from file://{_folder.File("absent")} (", "1.15.0");
    }

    [Fact]
    public async Task A_repository_that_lacks_objects_is_refused()
    {
        var upstream = await Upstream();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(upstream.Path, ".git", "objects"), "*", SearchOption.AllDirectories).Order().Take(3))
        {
            File.Delete(file);
        }

        await Refused(1, $"FAISS 1.15.0 cannot be cloned from {upstream.Address} (", "1.15.0");
    }

    [Fact]
    public async Task Without_git_the_message_names_the_package()
    {
        var path = _folder.CreateFolder("bin");
        foreach (var tool in (string[])["bash", "dirname", "uname", "realpath", "sed", "head", "sort", "tr", "grep", "cat", "awk", "mkdir", "rm"])
        {
            File.CreateSymbolicLink(Path.Combine(path, tool), "/usr/bin/" + tool);
        }

        _variables["PATH"] = path;
        await Refused(1, "git is missing, which clones FAISS 1.15.0; install it (Debian: sudo apt-get install git), or pass a tree with --source DIR", "1.15.0");
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_named()
    {
        await Upstream();
        File.WriteAllText(_folder.File("file"), "");
        _variables["XDG_CACHE_HOME"] = _folder.File("file");
        await Refused(1, $"the folder {_folder.File("file")}/faiss-sdk/native for the clone of FAISS 1.15.0 cannot be written; set XDG_CACHE_HOME", "1.15.0");
    }

    [Fact]
    public async Task A_release_is_cloned_once()
    {
        var upstream = await Upstream();
        var script = CopyScripts(upstream.Commit);
        await Cloned(script);
        Directory.Delete(upstream.Path, recursive: true);
        var again = await Run(script, "1.15.0");
        Assert.Equal((0, Tree + "\n", ""), (again.ExitCode, again.Output, again.Error));
    }

    [Theory]
    [InlineData("faiss/CMakeLists.txt")]
    [InlineData(".git/HEAD")]
    public async Task Half_a_clone_in_the_cache_is_cloned_again(string missing)
    {
        var script = CopyScripts((await Upstream()).Commit);
        await Cloned(script);
        File.Delete(Path.Combine(Tree, missing));
        await ClonedAgain(script);
    }

    [Fact]
    public async Task A_file_changed_in_the_cache_is_cloned_again()
    {
        var script = CopyScripts((await Upstream()).Commit);
        await Cloned(script);
        var file = Path.Combine(Tree, "faiss", "CMakeLists.txt");
        var (text, time) = (File.ReadAllText(file), File.GetLastWriteTimeUtc(file));
        File.WriteAllText(file, text.Replace('#', '!'));
        File.SetLastWriteTimeUtc(file, time);
        await ClonedAgain(script);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public async Task A_file_added_in_the_cache_is_cloned_again()
    {
        var script = CopyScripts((await Upstream()).Commit);
        await Cloned(script);
        File.WriteAllText(Path.Combine(Tree, "c_api", "more.h"), "");
        await ClonedAgain(script);
    }

    [Fact]
    public async Task Runs_at_the_same_time_clone_once()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "flock is missing.");
        var script = CopyScripts((await Upstream()).Commit);
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Run(script, "1.15.0")));
        Assert.All(runs, run => Assert.Equal((0, Tree + "\n"), (run.ExitCode, run.Output)));
        Assert.Single(runs, run => run.Error.Contains("cloning", StringComparison.Ordinal));
        Assert.Equal([Tree], Trees());
    }

    [Fact]
    public void Every_supported_version_has_a_commit()
    {
        using var history = JsonDocument.Parse(File.ReadAllText(Checkout.PathTo("bindings/api-history.json")));
        var versions = history.RootElement.GetProperty("versions").EnumerateArray().Select(version => version.GetString());
        Assert.Equal(versions, Releases().Select(line => line.Split(' ')[0]));
        Assert.All(Releases(), line => Assert.Matches("^[0-9.]+ [0-9a-f]{40}$", line));
    }

    // Locks stay.
    private string[] Trees() => Directory.Exists(Cache) ? [.. Directory.GetFileSystemEntries(Cache).Where(path => Path.GetFileName(path) != "locks")] : [];

    private string Tree => Path.Combine(Cache, "source-faiss-1.15.0");

    private static string PinnedCommit(string version) => Releases().Single(line => line.StartsWith(version + " ", StringComparison.Ordinal)).Split(' ')[1];

    private static IEnumerable<string> Releases() => File.ReadLines(Checkout.PathTo("scripts/lib/faiss-releases.txt")).Where(line => !line.StartsWith('#'));

    private async Task<ReleaseRepository> Upstream()
    {
        var upstream = await ReleaseRepository.Create(_folder, "1.15.0");
        _variables["FAISS_REPOSITORY"] = upstream.Address;
        return upstream;
    }

    // A checkout of its own, whose list has the commit of the test's repository.
    private string CopyScripts(string commit)
    {
        foreach (var source in Directory.EnumerateFiles(Checkout.PathTo("scripts"), "*", SearchOption.AllDirectories))
        {
            var copy = _folder.File(Path.Combine("checkout", "scripts", Path.GetRelativePath(Checkout.PathTo("scripts"), source)));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(source, copy);
        }

        File.WriteAllText(_folder.File("checkout/scripts/lib/faiss-releases.txt"), $"1.15.0 {commit}\n");
        return _folder.File("checkout/scripts/build-native.sh");
    }

    private Task<ScriptRun> Run(string script, string version, params string[] arguments)
        => ScriptRun.WithVariables(script, _variables, _folder, ["--version", version, .. arguments, "--print-source"]);

    private async Task Cloned(string script)
    {
        var run = await Run(script, "1.15.0");
        Assert.Equal((0, Tree + "\n"), (run.ExitCode, run.Output));
        Assert.Equal($"build-native: cloning FAISS 1.15.0 from {_variables["FAISS_REPOSITORY"]}\n", run.Error);
        Assert.Equal([Tree], Trees());
    }

    private async Task ClonedAgain(string script)
    {
        var run = await Run(script, "1.15.0");
        Assert.Equal((0, Tree + "\n"), (run.ExitCode, run.Output));
        Assert.StartsWith($"build-native: {Tree} is not the whole of FAISS 1.15.0; it is cloned again\n", run.Error);
        Assert.Equal([Tree], Trees());
    }

    private async Task Refused(int code, string message, string version, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script runs on Linux.");
        var run = await Run(Checkout.PathTo("scripts/build-native.sh"), version, arguments);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(message, run.Error);
        Assert.Equal("", run.Output);
        Assert.Empty(Trees());
    }
}
