using System.Diagnostics;

namespace FaissSdk.Tests.Scripts;

/// <summary>The result of a script of this checkout, run with a cache of its own.</summary>
internal sealed record ScriptRun(int ExitCode, string Output, string Error)
{
    public static async Task<ScriptRun> Of(string script, string? path, TemporaryFolder folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/bash", [Checkout.PathTo("scripts/" + script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = path ?? start.Environment["PATH"];
        start.Environment["XDG_CACHE_HOME"] = folder.File("cache");
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new ScriptRun(process.ExitCode, await output, await error);
    }
}
