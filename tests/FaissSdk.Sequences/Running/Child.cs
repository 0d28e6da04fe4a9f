using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Sequences;

/// <summary>Runs sequences in a process of its own, which may end or hang.</summary>
internal static class Child
{
    public const string RunCommand = "--child";
    public const string ReplayCommand = "--replay";

    /// <summary>The number of vectors in a block of FAISS's matrix products.</summary>
    public const int BlockSize = 256;

    /// <summary>The exit status of a child that found a fault.</summary>
    private const int FaultStatus = 3;

    // Of processor time, so that a busy machine ends no child; one that waits forever takes none. Filling freed and new memory alone
    // takes half a minute where a training allocates many gigabytes in turn, as that of OPQ does.
    private const int TimeoutSeconds = 90;
    private const int WaitSeconds = 120;
    private const long MaxResidentBytes = 3L << 30;
    private const long MaxAddressKilobytes = 12_000_000;

    /// <summary>Runs the sequences of successive seeds until one fails.</summary>
    public static ChildResult Run(Profile profile, long first, int count) =>
        Start(folder => [RunCommand, profile.ToString(), Text(first), Text(count), folder]);

    /// <summary>Runs recorded steps.</summary>
    public static ChildResult Replay(long seed, IReadOnlyList<RecordedStep> steps) => Start(folder =>
    {
        File.WriteAllLines(Path.Combine(folder, "steps"), steps.Select(step => string.Join(Journal.Separator, [Text(step.Number), step.Operation, .. step.Choices])));
        return [ReplayCommand, Text(seed), folder];
    });

    /// <summary>Runs in the child.</summary>
    public static int Execute(string[] arguments)
    {
        // Otherwise four of five instructions would fill FAISS's blocks of 16 MB, which a training allocates in each iteration.
        FaissTuning.BlasQueryBlockSize = FaissTuning.BlasDatabaseBlockSize = BlockSize;
        var folder = arguments[^1];
        using var journal = new Journal(Path.Combine(folder, "journal"));
        var files = Path.Combine(folder, "files");
        try
        {
            if (arguments[0] == ReplayCommand)
            {
                using var replay = new Sequence(journal, files);
                replay.Replay(Number(arguments[1]), File.ReadAllLines(Path.Combine(folder, "steps")).Select(Recorded));
                return 0;
            }

            var first = Number(arguments[2]);
            for (var seed = first; seed < first + Number(arguments[3]); seed++)
            {
                using var sequence = new Sequence(journal, files);
                sequence.Run(seed, Enum.Parse<Profile>(arguments[1]));
            }

            return 0;
        }
        catch (Fault fault)
        {
            journal.Fails(fault.Kind, fault.Message);

            // The state of the library may be damaged; finalizers do not matter anymore.
            Environment.Exit(FaultStatus);
            return FaultStatus;
        }
    }

    private static ChildResult Start(Func<string, string[]> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("sequences").FullName;
        try
        {
            var journal = Path.Combine(folder, "journal");
            File.WriteAllText(journal, "");
            var errors = Path.Combine(folder, "errors");
            string[] command = [Environment.ProcessPath!, Environment.GetCommandLineArgs()[0], .. arguments(folder)];
            var start = new ProcessStartInfo("/bin/sh", ["-c", $"ulimit -c 0; ulimit -v {MaxAddressKilobytes}; exec \"$@\" >/dev/null 2>'{errors}'", "sh", .. command]);
            start.Environment["OMP_NUM_THREADS"] = "2";
            start.Environment["OMP_WAIT_POLICY"] = "passive";
            start.Environment["DOTNET_GCHeapHardLimit"] = "0x30000000";
            start.Environment["DOTNET_TieredPGO"] = "0";
            start.Environment["DOTNET_DbgEnableMiniDump"] = "0";

            // Freed and fresh memory does not look like valid contents.
            start.Environment["MALLOC_PERTURB_"] = "165";
            using var process = Process.Start(start)!;
            var end = Watch(process, journal);
            return new ChildResult(end, JournalReader.Read(journal), File.Exists(errors) ? File.ReadAllText(errors) : "");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Watch(Process process, string journal)
    {
        var (length, last, used) = (-1L, Stopwatch.GetTimestamp(), TimeSpan.Zero);
        while (!process.WaitForExit(50))
        {
            var now = new FileInfo(journal).Length;
            if (now != length)
            {
                (length, last, used) = (now, Stopwatch.GetTimestamp(), ProcessorTime(process));
            }

            var reason = Stopwatch.GetElapsedTime(last).TotalSeconds > WaitSeconds || (ProcessorTime(process) - used).TotalSeconds > TimeoutSeconds ? "timeout"
                : ResidentBytes(process.Id) > MaxResidentBytes ? "memory"
                : null;
            if (reason is not null)
            {
                process.Kill();
                process.WaitForExit();
                return reason;
            }
        }

        return process.ExitCode switch
        {
            0 or FaultStatus => null,
            139 => "SIGSEGV",
            134 => "SIGABRT",
            136 => "SIGFPE",
            135 => "SIGBUS",
            var status => $"exit status {status}",
        };
    }

    private static TimeSpan ProcessorTime(Process process)
    {
        try
        {
            return process.TotalProcessorTime;
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // The process has ended meanwhile.
            return TimeSpan.Zero;
        }
    }

    private static long ResidentBytes(int process)
    {
        try
        {
            return Number(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1]) * Environment.SystemPageSize;
        }
        catch (IOException)
        {
            // The process has ended meanwhile.
            return 0;
        }
    }

    private static RecordedStep Recorded(string line)
    {
        var parts = line.Split(Journal.Separator);
        return new RecordedStep((int)Number(parts[0]), parts[1], parts[2..]);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>How a child ended.</summary>
/// <param name="End">The signal, "timeout" or "memory"; null if the child ended by itself.</param>
/// <param name="Sequences">What it did.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record ChildResult(string? End, IReadOnlyList<JournalSequence> Sequences, string Errors)
{
    /// <summary>Gets the failure of the last sequence, or null.</summary>
    public Failure? Failure
    {
        get
        {
            if (Sequences is not [.., var last] || last.IsComplete)
            {
                return End is null ? null : new Failure(End, "outside of a sequence. " + Abstract(Errors), Sequences is [.., var previous] ? previous : new JournalSequence(0));
            }

            return last.Fault is { } fault ? new Failure(fault.Kind, fault.Details, last) : new Failure(End ?? "exit", Abstract(Errors), last);
        }
    }

    // The reason that FAISS or the runtime gives.
    private static string Abstract(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var reasons = lines.Where(line => !line.StartsWith("WARNING", StringComparison.Ordinal)).ToArray();
        return string.Join(" | ", reasons.TakeLast(6)) is { Length: > 900 } text ? text[..900] : string.Join(" | ", reasons.TakeLast(6));
    }
}
