using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FaissSdk.Generator.Tests;

/// <summary>The exit code and the output of a generator run.</summary>
internal sealed record GeneratorRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>Runs the generator in this process.</summary>
    public static GeneratorRun Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = GeneratorCommand.Run(arguments, output, error);
        return new GeneratorRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs the generator as a process with additional environment variables.</summary>
    public static async Task<GeneratorRun> OfProcess(Dictionary<string, string?> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        Assert.True(process.WaitForExit(Timeout));
        return new GeneratorRun(process.ExitCode, await output, await error);
    }

    public static Process Start(Dictionary<string, string?> environment, params string[] arguments)
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var start = new ProcessStartInfo(Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), [Path.Combine(AppContext.BaseDirectory, "FaissSdk.Generator.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Asserts that the run succeeded without errors.</summary>
    public GeneratorRun Succeeded()
    {
        Assert.Equal("", Error);
        Assert.Equal(0, ExitCode);
        return this;
    }

    /// <summary>Asserts that the run failed with an error that starts with a message, and wrote no other output.</summary>
    public void Failed(string message)
    {
        Assert.StartsWith("generator: error: " + message, Error, StringComparison.Ordinal);
        Assert.Equal((1, ""), (ExitCode, Output));
    }
}
