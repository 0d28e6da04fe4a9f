namespace FaissSdk.Tests.Scripts;

/// <summary>What the scripts around the packages say to what they cannot use; each ends before anything is built.</summary>
public sealed class PackTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pack.sh", 2, "unknown option --frob", "--frob")]
    [InlineData("pack.sh", 2, "--output needs a value", "--output")]
    [InlineData("pack.sh", 2, "--version one is no version", "--version", "one")]
    [InlineData("pack.sh", 2, "--version 1.2.3; is no version", "--version", "1.2.3;")]
    [InlineData("check-packages.sh", 2, "unknown option --frob", "--frob")]
    [InlineData("check-aot.sh", 2, "unknown option --frob", "--frob")]
    public async Task A_wrong_option_is_named(string script, int code, string message, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var run = await ScriptRun.Of(script, null, _folder, arguments);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public async Task A_folder_without_an_archive_says_what_makes_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var run = await ScriptRun.Of("check-aot.sh", null, _folder, "--library", _folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{_folder.Path} has no libfaiss_c.a; run scripts/build-native.sh", run.Error);
    }

    [Fact]
    public async Task A_source_that_is_no_FAISS_is_not_packed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var run = await ScriptRun.Of("pack.sh", null, _folder, "--source", _folder.Path, "--output", _folder.File("out"));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("not a FAISS tree", run.Error);
        Assert.False(Directory.Exists(_folder.File("out")));
    }
}
