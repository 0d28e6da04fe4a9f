using System.Text.Json;
using FaissSdk.Tests.Files;

namespace FaissSdk.Tests.Cli;

public sealed class CheckTests : IDisposable
{
    private const int Interrupt = 2;
    private const int Kill = 9;

    private readonly TemporaryFolder _folder = new();

    private static bool IsSupported => Tests.Native.IsAvailable && FaissLibrary.Supports("faiss_sdk_try_file") && !OperatingSystem.IsWindows();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_file_passes()
    {
        Assert.SkipUnless(IsSupported, "The library does not validate.");
        var run = CommandRun.Of("check", Save());
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("IndexFlatL2, 100 vectors of 8 components, L2", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("verdict: ", run.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_file_fails_with_the_reason()
    {
        Assert.SkipUnless(IsSupported, "The library does not validate.");
        var path = Save();
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        var run = CommandRun.Of("check", path, "--memory", "64", "--timeout", "10");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(path, run.Error, StringComparison.Ordinal);
        Assert.Contains("reading it failed: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("reading it failed: Error in", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_verdict_is_written_as_JSON(int cut)
    {
        Assert.SkipUnless(IsSupported, "The library does not validate.");
        var path = Save();
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^cut]);

        var run = CommandRun.Of("check", path, "--json");

        Assert.Equal(cut, run.ExitCode);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(path, json.RootElement.GetProperty("file").GetString());
        Assert.Equal(cut == 0, json.RootElement.GetProperty("isSound").GetBoolean());
        Assert.Contains(cut == 0 ? "IndexFlatL2, 100 vectors" : "reading it failed", json.RootElement.GetProperty(cut == 0 ? "index" : "fault").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--timeout", "0")]
    [InlineData("--memory", "x")]
    public void Limits_are_positive(string option, string value)
    {
        var run = CommandRun.Of("check", "absent", option, value);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{option} is '{value}'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_absent_file_is_named()
    {
        var run = CommandRun.Of("check", Path.Combine(_folder.Path, "absent"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("absent", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-TERM", 143)]
    public async Task A_signal_ends_the_command_before_its_trial(string signal, int expected)
    {
        Assert.SkipUnless(IsSupported && OperatingSystem.IsLinux(), "The library does not validate, or the system has no /proc.");
        using var process = new CommandProcess("check", LargeIndexFile.Write(_folder.File("large")), "--json");
        var child = process.WaitForChild();
        Assert.SkipWhen(signal == "-INT" && process.IgnoresInterrupt, "The tests ignore Ctrl+C, and their processes inherit that.");

        process.Send(signal);
        var run = await process.Finish();

        Assert.Equal((expected, "", "faiss-sdk: canceled"), (run.ExitCode, run.Output, run.Error.Trim()));
        ProcessChildren.Signal(child, Kill);
    }

    [Fact]
    public async Task An_interrupted_trial_is_no_verdict()
    {
        Assert.SkipUnless(IsSupported && OperatingSystem.IsLinux(), "The library does not validate, or the system has no /proc.");
        using var process = new CommandProcess("check", LargeIndexFile.Write(_folder.File("large")), "--json");

        ProcessChildren.Signal(process.WaitForChild(), Interrupt);
        var run = await process.Finish();

        Assert.Equal((130, "", "faiss-sdk: canceled"), (run.ExitCode, run.Output, run.Error.Trim()));
    }

    private string Save()
    {
        var path = Path.Combine(_folder.Path, "index");
        using var index = new IndexFlatL2(8);
        index.Add(TestData.Uniform(100, 8));
        index.Save(path);
        return path;
    }
}
