using System.Diagnostics;

namespace FaissSdk.Tests.Scripts;

/// <summary>The result of a script of this checkout, run with a cache of its own.</summary>
internal sealed record ScriptRun(int ExitCode, string Output, string Error)
{
    public static async Task<ScriptRun> Of(string script, string? path, TemporaryFolder folder, params string[] arguments)
        => await WithVariables(Checkout.PathTo("scripts/" + script), new Dictionary<string, string?> { ["PATH"] = path }, folder, arguments);

    /// <summary>Runs a script with variables of its own; a variable without a value keeps the one of this process.</summary>
    public static async Task<ScriptRun> WithVariables(string path, IReadOnlyDictionary<string, string?> variables, TemporaryFolder folder, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts need bash.");
        var start = new ProcessStartInfo("/bin/bash", [path, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_CACHE_HOME"] = folder.File("cache");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value ?? Environment.GetEnvironmentVariable(name);
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new ScriptRun(process.ExitCode, await output, await error);
    }
}
