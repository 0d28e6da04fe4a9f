namespace FaissSdk.Tests.Scripts;

/// <summary>What scripts/pack.sh --managed-only does around dotnet, which a test replaces, and with the tools of macOS.</summary>
public sealed class PackTests : IDisposable
{
    // The stand-in for dotnet writes the time stamp of the files as the content of a package.
    private const string DotNet =
        """
        case $1 in --version) echo 10.0.100; exit ;; esac
        name=${2##*/}
        while [ "$1" != -o ]; do shift; done
        mkdir -p "$2"
        echo "$SOURCE_DATE_EPOCH" >"$2/$name.9.9.9.nupkg"
        """;

    private static readonly string[] Managed = ["FaissSdk.9.9.9.nupkg", "FaissSdk.Extensions.DependencyInjection.9.9.9.nupkg", "FaissSdk.Orleans.9.9.9.nupkg", "FaissSdk.VectorData.9.9.9.nupkg"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _variables = new() { ["SOURCE_DATE_EPOCH"] = "" };

    private string Output => _folder.File("out");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Native_packages_stay_beside_new_managed_ones()
    {
        foreach (var name in (string[])["FaissSdk.0.2.0", "FaissSdk.VectorData.0.2.0", "FaissSdk.Native.0.2.0", "FaissSdk.Native.linux-x64.0.2.0", "FaissSdk.Tool.0.2.0"])
        {
            _folder.Write($"out/{name}.nupkg", "");
        }

        var run = await Pack();

        Assert.Equal(["FaissSdk.Native.0.2.0.nupkg", "FaissSdk.Native.linux-x64.0.2.0.nupkg", "FaissSdk.Tool.0.2.0.nupkg", .. Managed], Files());
        Assert.DoesNotContain("0.2.0", run.Output);
    }

    [Fact]
    public async Task Packages_have_the_time_of_the_commit_even_in_a_checkout_of_another_user()
    {
        Assert.SkipUnless(Path.Exists(Checkout.PathTo(".git")) && File.Exists("/usr/bin/git"), "This is not a checkout of git.");
        _variables["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1";

        var run = await Pack();

        Assert.Equal("", run.Error);
        Assert.True(long.Parse(File.ReadAllText(Path.Combine(Output, Managed[0])), System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    [Fact]
    public async Task A_commit_that_cannot_be_read_is_noted()
    {
        Assert.SkipUnless(Path.Exists(Checkout.PathTo(".git")), "This is not a checkout of git.");
        _folder.WriteTool("git", "exit 128");

        var run = await Pack();

        Assert.Contains("pack: git cannot read the commit of", run.Error);
        Assert.Equal("0\n", File.ReadAllText(Path.Combine(Output, Managed[0])));
    }

    private async Task<ScriptRun> Pack()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script needs bash.");
        _folder.WriteTool("realpath", "echo 'realpath: illegal option -- m' >&2; exit 1");
        _variables["PATH"] = _folder.WriteTool("dotnet", DotNet);
        var run = await ScriptRun.WithVariables(Checkout.PathTo("scripts/pack.sh"), _variables, _folder, "--managed-only", "--output", Output);
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }

    private IEnumerable<string> Files() => Directory.GetFiles(Output).Select(path => Path.GetFileName(path)).OrderBy(name => name.Contains("9.9.9", StringComparison.Ordinal)).ThenBy(name => name, StringComparer.Ordinal);
}
