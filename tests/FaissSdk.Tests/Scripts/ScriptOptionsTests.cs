namespace FaissSdk.Tests.Scripts;

/// <summary>The messages of the other scripts for arguments that they cannot use, before they build anything.</summary>
public sealed class ScriptOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pack.sh", 2, "unknown option --frob", "--frob")]
    [InlineData("pack.sh", 2, "--output needs a value", "--output")]
    [InlineData("pack.sh", 2, "--package-version one is not a version", "--package-version", "one")]
    [InlineData("pack.sh", 2, "--package-version 1.2.3; is not a version", "--package-version", "1.2.3;")]
    [InlineData("pack.sh", 2, "--version 0.3.0 is not a release of FAISS", "--version", "0.3.0")]
    [InlineData("pack.sh", 2, "use only one of --version and --source", "--version", "1.15.0", "--source", "faiss")]
    [InlineData("check-packages.sh", 2, "unknown option --frob", "--frob")]
    [InlineData("check-packages.sh", 2, "--source needs a value", "--source")]
    [InlineData("check-aot.sh", 2, "unknown option --frob", "--frob")]
    [InlineData("check-aot.sh", 2, "--library needs a value", "--library")]
    [InlineData("check-emulated.sh", 2, "--keep needs a value", "--keep")]
    [InlineData("check-extensions.sh", 2, "--source needs a value", "--source")]
    [InlineData("check-hosts.sh", 2, "--packages needs a value", "--packages")]
    [InlineData("check-kernels.sh", 2, "unknown option --frob", "--frob")]
    [InlineData("check-platform.sh", 2, "--packages is missing")]
    [InlineData("check-platform.sh", 2, "--version 0.3.0 is not a release of FAISS", "--packages", ".", "--version", "0.3.0")]
    [InlineData("check-workflows.sh", 2, "unknown option --frob", "--frob")]
    [InlineData("check-osx.sh", 2, "--output needs a value", "--output")]
    [InlineData("check-osx.sh", 2, "--rid linux-x64 is not for macOS; choose osx-arm64 or osx-x64", "--rid", "linux-x64")]
    [InlineData("check-linux-musl-x64.sh", 2, "--count few is not a number", "--count", "few")]
    [InlineData("check-win-x64.sh", 2, "--class needs a value", "--class")]
    [InlineData("benchmark.sh", 2, "need --kmeans", "--quick")]
    [InlineData("benchmark.sh", 2, "need --kmeans", "--busy", "--quick")]
    [InlineData("benchmark.sh", 2, "--vectors needs a number from 10000 to 999999999, not 5", "--out-of-core", "--vectors", "5")]
    [InlineData("benchmark.sh", 2, "--vectors needs --out-of-core", "--coarse", "--vectors", "20000")]
    [InlineData("test.sh", 2, "--cases many is not a number", "--cases", "many")]
    [InlineData("test.sh", 2, "--sequences none is not a number", "--sequences", "none")]
    [InlineData("test.sh", 2, "--faiss /absent: the folder does not exist", "--faiss", "/absent")]
    [InlineData("test.sh", 2, "--faiss /dev: not a FAISS tree", "--faiss", "/dev")]
    public async Task A_wrong_option_is_named(string script, int code, string message, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var run = await ScriptRun.Of(script, null, _folder, arguments);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(message, run.Error);
        Assert.Contains($"Try scripts/{script} --help", run.Error);
        Assert.Equal("", run.Output);
    }

    [Theory]
    [InlineData("benchmark.sh")]
    [InlineData("build-native.sh")]
    [InlineData("check-aot.sh")]
    [InlineData("check-emulated.sh")]
    [InlineData("check-extensions.sh")]
    [InlineData("check-hosts.sh")]
    [InlineData("check-kernels.sh")]
    [InlineData("check-osx.sh")]
    [InlineData("check-linux-musl-x64.sh")]
    [InlineData("check-win-x64.sh")]
    [InlineData("check-orleans.sh")]
    [InlineData("check-packages.sh")]
    [InlineData("check-platform.sh")]
    [InlineData("check-workflows.sh")]
    [InlineData("pack.sh")]
    [InlineData("quickstart.sh")]
    [InlineData("regenerate-bindings.sh")]
    [InlineData("test.sh")]
    public async Task Help_describes_the_usage(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var run = await ScriptRun.Of(script, null, _folder, "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"Usage: scripts/{script} ", run.Output);
        Assert.Contains("--help", run.Output);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_folder_without_an_archive_is_named_with_the_script_that_builds_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var run = await ScriptRun.Of("check-aot.sh", null, _folder, "--library", _folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{_folder.Path} has no libfaiss_c.a; run scripts/build-native.sh", run.Error);
    }

    [Fact]
    public async Task The_tests_of_all_stages_name_the_system_that_they_need()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var path = _folder.WriteTool("uname", "echo Darwin");
        var run = await ScriptRun.Of("test.sh", path, _folder);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("test: the stages need Debian on x86_64", run.Error);
    }

    [Fact]
    public async Task A_folder_without_FAISS_is_not_packed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var run = await ScriptRun.Of("pack.sh", null, _folder, "--source", _folder.Path, "--output", _folder.File("out"));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("not a FAISS tree", run.Error);
        Assert.False(Directory.Exists(_folder.File("out")));
    }
}
