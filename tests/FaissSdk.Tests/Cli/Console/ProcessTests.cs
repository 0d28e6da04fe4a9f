using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-TERM", 143)]
    public async Task A_signal_during_the_training_leaves_no_file(string signal, int expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent and inspected in the way of Linux.");
        VectorFile.Write(_folder.File("x.fvecs"), TestData.Uniform(20000, 64), dimension: 64);
        using var process = new CommandProcess(
            "kmeans", "--input", _folder.File("x.fvecs"), "--clusters", "1000", "--iterations", "1000000", "--no-early-stop", "--backend", "managed",
            "--centroids", _folder.File("c.npy"), "--assignments", _folder.File("a.npy"));

        process.WaitForLine("backend:");
        Assert.SkipWhen(signal == "-INT" && process.IgnoresInterrupt, "The tests ignore Ctrl+C, and their processes inherit that.");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        process.Send(signal);
        var run = await process.Finish();

        Assert.Equal((expected, "faiss-sdk: canceled"), (run.ExitCode, run.Error.Trim()));
        Assert.Equal(["x.fvecs"], _folder.Names);
    }

    [Fact]
    public async Task A_native_training_stops_at_the_next_iteration()
    {
        Native.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent and inspected in the way of Linux.");
        VectorFile.Write(_folder.File("x.fvecs"), TestData.Uniform(20000, 64), dimension: 64);
        using var process = new CommandProcess(
            "kmeans", "--input", _folder.File("x.fvecs"), "--clusters", "1000", "--iterations", "1000000", "--no-early-stop", "--backend", "native", "--centroids", _folder.File("c.npy"));

        process.WaitForLine("backend:");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        process.Send("-TERM");
        var run = await process.Finish();

        Assert.Equal((143, "faiss-sdk: canceled"), (run.ExitCode, run.Error.Trim()));
        Assert.Equal(["x.fvecs"], _folder.Names);
    }

    [Fact]
    public async Task Errors_go_to_standard_error_and_into_the_exit_code()
    {
        using var process = new CommandProcess("kmeans", "--input", _folder.File("x.npy"), "--clusters", "2");

        var run = await process.Finish();

        Assert.Equal((2, "", $"faiss-sdk: error: {_folder.File("x.npy")} does not exist."), (run.ExitCode, run.Output, run.Error.Trim()));
    }

    [Theory]
    [InlineData("native")]
    [InlineData("managed")]
    public async Task The_command_warns_of_few_points_and_FAISS_is_silent(string backend)
    {
        Assert.SkipUnless(backend == "managed" || FaissLibrary.IsAvailable, FaissLibrary.Failure ?? "");
        var numbers = string.Join('\n', Enumerable.Range(0, 20));
        using var process = new CommandProcess("kmeans", "--input", _folder.Write("x.csv", numbers), "--clusters", "5", "--backend", backend);

        var run = await process.Finish();

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain("please provide", run.Output, StringComparison.Ordinal);
        Assert.Contains("20 points are few for 5 clusters", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_library_the_native_backend_fails()
    {
        var run = await WithoutLibrary("kmeans", "--input", _folder.Write("x.csv", "1\n2\n3\n"), "--clusters", "2", "--backend", "native");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(_folder.File("none.so"), run.Error, StringComparison.Ordinal);
        Assert.Contains("--backend managed works without it", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_library_verify_fails()
    {
        var run = await WithoutLibrary("verify", "--input", _folder.Write("x.csv", "1\n2\n3\n"), "--clusters", "2");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("faiss-sdk: error: verify needs the native library", run.Error, StringComparison.Ordinal);
        Assert.Contains(_folder.File("none.so"), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verification_stops_on_a_signal()
    {
        Native.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent and inspected in the way of Linux.");
        VectorFile.Write(_folder.File("x.fvecs"), TestData.Uniform(20000, 64), dimension: 64);
        using var process = new CommandProcess("verify", "--input", _folder.File("x.fvecs"), "--clusters", "500", "--iterations", "1000000");

        process.WaitForLine("  managed");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        process.Send("-TERM");
        var run = await process.Finish();

        Assert.Equal((143, "faiss-sdk: canceled"), (run.ExitCode, run.Error.Trim()));
    }

    [Fact]
    public async Task Without_a_library_auto_is_managed_with_a_reason()
    {
        var run = await WithoutLibrary("kmeans", "--input", _folder.Write("x.csv", "1\n2\n3\n"), "--clusters", "2");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"backend: managed (FAISS_SDK_LIBRARY names {_folder.File("none.so")}: not there", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_library_the_demo_is_managed_with_a_reason()
    {
        _folder.Write("d.xml", """<doc><members><member name="T:A"><summary>file</summary></member><member name="T:B"><summary>byte</summary></member></members></doc>""");

        var run = await WithoutLibrary("demo", "--docs", _folder.Path, "--clusters", "2");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("managed backend only: FAISS_SDK_LIBRARY names", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_library_the_doctor_fails()
    {
        var run = await WithoutLibrary("doctor");

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("verdict: no native FAISS library", run.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    private async Task<CommandRun> WithoutLibrary(params string[] arguments)
    {
        using var process = new CommandProcess(new Dictionary<string, string> { [FaissLibrary.PathVariable] = _folder.File("none.so") }, arguments);
        return await process.Finish();
    }
}
