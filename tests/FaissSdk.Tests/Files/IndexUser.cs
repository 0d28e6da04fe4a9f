using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FaissSdk.Tests.Files;

/// <summary>Loads files through the SDK and uses them, in a process of limited memory that is restarted when a file ends it.</summary>
internal sealed class IndexUser(string library, string scratch, TimeSpan patience) : IDisposable
{
    public const string Refused = "refused";
    public const string Used = "used";
    public const string Killed = "killed";
    public const string Timeout = "timeout";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int SignalOffset = 128;

    private readonly string _file = Path.Combine(scratch, $"damaged-{Guid.NewGuid():N}");
    private Process? _process;
    private int _used;

    /// <summary>Gets the end of what the last process that a file ended wrote to standard error.</summary>
    public string LastWords { get; private set; } = "";

    /// <summary>Returns the outcome: <c>refused MESSAGE</c>, <c>used</c> with the names of the calls that threw, <c>killed SIGNAL</c> or <c>timeout</c>.</summary>
    public string Use(byte[] content, bool binary, bool validate = false)
    {
        File.WriteAllBytes(_file, content);
        var request = $"{(binary ? "binary" : "float")}{(validate ? "-validated" : "")} {_file}\n";
        var outcome = Use(request);
        // A file before this one may have damaged the memory of the process, so a crash counts only in a process that has read no other file.
        return DamageReport.IsEnd(outcome) && _used > 1 ? Use(request) : outcome;
    }

    private string Use(string request)
    {
        var process = _process ??= Start();
        try
        {
            process.StandardInput.Write(request);
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // The previous file ended the process after its answer.
            End();
            return Use(request);
        }

        _used++;
        // A thread of its own reads: those of the pool may all wait in other tests.
        var line = Task.Factory.StartNew(process.StandardOutput.ReadLine, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var before = ProcessorTime(process);
        for (var waited = TimeSpan.Zero; !line.Wait(Interval); waited += Interval)
        {
            // A busy machine is not the fault of the file: processor time counts, and a process that takes none waits forever.
            if (ProcessorTime(process) - before < patience && waited < 6 * patience)
            {
                continue;
            }

            End();
            ReadLastWords();
            return Timeout;
        }

        if (line.Result is { } answer)
        {
            return answer;
        }

        process.WaitForExit();
        var signal = process.ExitCode > SignalOffset ? $"SIG{process.ExitCode - SignalOffset}" : $"exit {process.ExitCode}";
        ReadLastWords();
        End();
        return $"{Killed} {signal}";
    }

    public void Dispose() => End();

    private static TimeSpan ProcessorTime(Process process)
    {
        try
        {
            return process.TotalProcessorTime;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return TimeSpan.Zero; // The process has ended.
        }
    }

    private void ReadLastWords()
    {
        var words = File.ReadAllLines(_file + ".err");
        LastWords = string.Join(' ', words.Skip(Math.Max(0, Array.FindLastIndex(words, line => line.StartsWith("in ", StringComparison.Ordinal)))).Take(4)).Trim();
    }

    private Process Start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The address space of a process is limited on Linux.");
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        const string Script = "ulimit -v 6000000; ulimit -c 0; exec \"$1\" \"$2\" 2>\"$3\"";
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", dotnet, Path.Combine(AppContext.BaseDirectory, "damaged-files.dll"), _file + ".err"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["FAISS_SDK_LIBRARY"] = library,
                ["OMP_NUM_THREADS"] = 2.ToString(CultureInfo.InvariantCulture),
                ["OMP_WAIT_POLICY"] = "passive",
                ["OPENBLAS_NUM_THREADS"] = 1.ToString(CultureInfo.InvariantCulture),
                ["DOTNET_GCHeapHardLimit"] = "0x20000000",
                ["DOTNET_gcServer"] = "0",
                ["DOTNET_TieredCompilation"] = "1",
            },
        };
        _used = 0;
        var process = Process.Start(start)!;
        var ready = process.StandardOutput.ReadLineAsync();
        if (!ready.Wait(TimeSpan.FromMinutes(1)) || ready.Result != "ready")
        {
            process.Kill();
            throw new InvalidOperationException($"damaged-files did not begin: {File.ReadAllText(_file + ".err")}");
        }

        return process;
    }

    private void End()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
            _process = null;
        }
    }
}
