using System.Runtime.InteropServices;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Ctrl+C on Windows, which a console sends to all programs that use it.</summary>
public sealed partial class ConsoleEventTests : IDisposable
{
    private const uint ControlC = 0;
    private const string Input = "x.fvecs";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ctrl_C_during_the_training_leaves_no_file()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Other systems send signals.");
        VectorFile.Write(_folder.File(Input), TestData.Uniform(20000, 64), dimension: 64);

        ChildProcess.Run(InterruptTraining, _folder.Path, seconds: 120).AssertReturned();

        Assert.Equal([Input], _folder.Names);
    }

    // In a process with a console of its own, so that the event does not reach the tests.
    private static void InterruptTraining(string folder)
    {
        // The program that runs the tests may ignore Ctrl+C, and its children inherit that.
        Assert.True(SetConsoleCtrlHandler(0, false));
        using var process = new CommandProcess(
            "kmeans", "--input", Path.Combine(folder, Input), "--clusters", "1000", "--iterations", "1000000", "--no-early-stop", "--backend", "managed",
            "--centroids", Path.Combine(folder, "c.npy"), "--assignments", Path.Combine(folder, "a.npy"));
        process.WaitForLine("backend:");
        Thread.Sleep(300);

        // The event also goes to this process.
        Assert.True(SetConsoleCtrlHandler(0, true));
        Assert.True(GenerateConsoleCtrlEvent(ControlC, 0));
        var run = process.Finish().GetAwaiter().GetResult();

        Assert.Equal((ExitCode.Canceled, "faiss-sdk: canceled"), (run.ExitCode, run.Error.Trim()));
    }

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleCtrlHandler(nint handler, [MarshalAs(UnmanagedType.Bool)] bool add);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GenerateConsoleCtrlEvent(uint controlEvent, uint processGroup);
}
