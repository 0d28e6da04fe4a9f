using System.Diagnostics;

namespace FaissSdk.Orleans.Host;

/// <summary>Represents a silo in a process of its own.</summary>
internal sealed class SiloProcess : IDisposable
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private SiloProcess(Process process) => _process = process;

    public static async Task<SiloProcess> StartAsync(SampleOptions options, int silo, string? library = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(SiloProcess).Assembly.Location, .. options.ForSilo(silo)]) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) != "dotnet")
        {
            start.ArgumentList.RemoveAt(0);
        }

        if (library is not null)
        {
            start.Environment["FAISS_SDK_LIBRARY"] = library;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The process of the silo did not start.");
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Start);
        if (line is null)
        {
            throw new InvalidOperationException($"The silo {silo} ended with exit code {(process.HasExited ? process.ExitCode : 0)} before it was ready.");
        }

        return new SiloProcess(process);
    }

    /// <summary>Ends the process without notice (SIGKILL).</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
