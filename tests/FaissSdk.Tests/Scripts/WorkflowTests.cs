namespace FaissSdk.Tests.Scripts;

/// <summary>What scripts/check-workflows.sh finds in workflows, and what scripts/check-platform.sh, which they run, refuses.</summary>
public sealed class WorkflowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_fault_of_a_workflow_is_named_with_its_line()
        => await Rejected("runs-on: ubuntu-24.04", "scripts/pack.sh --version ${{ matrix.version }}", "faulty.yml:6:");

    [Fact]
    public async Task An_unknown_runner_is_named() => await Rejected("runs-on: ubuntu-1.04", "scripts/pack.sh", "label \"ubuntu-1.04\" is unknown");

    [Fact]
    public async Task An_unknown_script_is_named() => await Rejected("runs-on: ubuntu-24.04", "scripts/absent.sh", "scripts/absent.sh is not a script of the repository");

    [Fact]
    public async Task An_unknown_option_of_a_script_is_named() => await Rejected("runs-on: ubuntu-24.04", "scripts/pack.sh --frob", "unknown option --frob");

    [Fact]
    public async Task A_folder_without_workflows_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script runs on Linux.");
        var run = await ScriptRun.Of("check-workflows.sh", null, _folder, "--folder", _folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{_folder.Path} has no workflows", run.Error);
    }

    [Fact]
    public async Task A_folder_without_packages_is_named_with_the_script_that_makes_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script runs on Linux.");
        var run = await ScriptRun.Of("check-platform.sh", null, _folder, "--packages", _folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"--packages {_folder.Path} has no package FaissSdk; make packages with scripts/pack.sh", run.Error);
    }

    [Theory]
    [InlineData("linux-musl-x64", "linux-musl-")]
    [InlineData("alpine.3.22-x64", "linux-musl-")]
    [InlineData("debian.12-x64", "linux-")]
    public async Task The_platform_is_the_one_of_DotNet(string rid, string platform)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script runs on Linux.");
        _folder.Write("packages/FaissSdk.9.9.9.nupkg", "");
        _folder.WriteTool("unzip", "exit 1");
        var path = _folder.WriteTool("dotnet", $"case $1 in --version) echo 10.0.100 ;; --info) echo ' RID:         {rid}' ;; *) exit 1 ;; esac");
        var run = await ScriptRun.Of("check-platform.sh", path, _folder, "--packages", _folder.File("packages"));
        Assert.Matches($"^{platform}(x64|arm64): no package contains FAISS for it", run.Output);
        Assert.Equal(1, run.ExitCode);
    }

    private async Task Rejected(string runner, string command, string message)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script runs on Linux.");
        _folder.Write("faulty.yml", $"on: push\njobs:\n  job:\n    {runner}\n    steps:\n      - run: {command}\n");
        // With the cache of the user, which has actionlint.
        var run = await ScriptRun.WithVariables(Checkout.PathTo("scripts/check-workflows.sh"), new Dictionary<string, string?> { ["XDG_CACHE_HOME"] = null }, _folder, "--folder", _folder.Path);
        Assert.SkipWhen(run.ExitCode == 77, run.Error);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Output);
    }
}
