using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FaissSdk.Tests;

/// <summary>Runs the body of a test in a process of its own, which may crash, and whose memory no other test uses.</summary>
internal static class ChildTest
{
    private const string Variable = "FAISS_SDK_TEST_CHILD";

    /// <summary>Runs <paramref name="body"/>, the body of the calling test, in a child process, and fails if the child does.</summary>
    public static void Run(Action body, int seconds = 120, [CallerMemberName] string test = "", [CallerFilePath] string file = "")
    {
        Native.Require();
        if (Environment.GetEnvironmentVariable(Variable) == test)
        {
            body();
            return;
        }

        var host = Environment.ProcessPath!;
        var isDotnet = Path.GetFileNameWithoutExtension(host) == "dotnet";
        string[] arguments = ["-noColor", "-noLogo", "-method", $"*.{Path.GetFileNameWithoutExtension(file)}.{test}"];
        var start = new ProcessStartInfo(host, isDotnet ? [typeof(ChildTest).Assembly.Location, .. arguments] : arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Variable] = test },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromSeconds(seconds)))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            Assert.Fail($"The child process did not end within {seconds} s.");
        }

        Assert.True(process.ExitCode == 0, $"The child process ended with code {process.ExitCode}:\n{output.Result}\n{error.Result}");
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", output.Result, StringComparison.Ordinal);
    }
}
