using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk eval</c>.</summary>
internal static class EvalCommand
{
    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var files = new Argument<string[]>("FILES")
        {
            Description = "INDEX BASE QUERIES: the index, the vectors that it holds in the order of their ids, and the queries; INDEX QUERIES with --ground-truth.",
            Arity = new ArgumentArity(2, 3),
        };
        var truth = new Option<string>("--ground-truth") { Description = "The ids of the nearest vectors of each query, nearest first (.ivecs, .npy, …), instead of those of an exact search.", HelpName = "FILE" };
        var ids = new Option<string>("--ids") { Description = $"The ids that the index has for the vectors of BASE, as given to build ({string.Join(", ", IdFile.Extensions)}).", HelpName = "FILE" };
        var k = CommandOptions.Integer("--k", "The number of neighbors to search for.", minimum: 1, defaultValue: 10);
        var parameters = new Option<string[]>("--parameters")
        {
            Description = "A setting to measure, such as nprobe=16 or efSearch=64; may be given several times. Without it the index is measured as it is.",
            HelpName = "NAME=VALUE,…",
        };
        var repeats = CommandOptions.Integer("--repeats", "The number of calls with all queries; the fastest counts.", minimum: 1, defaultValue: 3);
        var single = CommandOptions.Integer("--single", "The maximum number of queries that are measured in calls of their own, for latencies.", minimum: 1, defaultValue: 1000);
        var threads = CommandOptions.Integer("--threads", "The maximum number of threads (default: processors, or OMP_NUM_THREADS).", minimum: 1, optional: true);
        var report = CommandOptions.Report();
        var plot = CommandOptions.Plot("Draw recall and time to this file (.svg).");
        var command = new Command("eval", "Measure recall against an exact search, queries per second and latencies of an index.") { files, truth, ids, k, parameters, repeats, single, threads, report, plot };
        command.SetAction(parsed => EvalJob.Run(
            new EvalRequest
            {
                Files = TuneFiles.Of(parsed.GetRequiredValue(files), null, null, parsed.GetValue(truth), "give --ground-truth."),
                Ids = parsed.GetValue(ids) is { } path && parsed.GetValue(truth) is not null
                    ? throw new UsageException($"--ids is {path}, and --ground-truth has the ids already; remove one of the two.")
                    : parsed.GetValue(ids),
                K = parsed.GetValue(k),
                Parameters = parsed.GetValue(parameters) ?? [],
                Repeats = parsed.GetValue(repeats),
                MaxSingle = parsed.GetValue(single),
                Threads = parsed.GetValue(threads),
                Report = parsed.GetValue(report),
                Plot = parsed.GetValue(plot),
            },
            console,
            cancellationToken));
        return command;
    }
}

/// <summary>Represents the options given to <c>faiss-sdk eval</c>.</summary>
internal sealed record EvalRequest
{
    public required TuneFiles Files { get; init; }

    /// <summary>Gets the file of the ids of the vectors.</summary>
    public string? Ids { get; init; }

    public required int K { get; init; }

    public required IReadOnlyList<string> Parameters { get; init; }

    public required int Repeats { get; init; }

    public required int MaxSingle { get; init; }

    public int Threads { get; init; }

    public string? Report { get; init; }

    public string? Plot { get; init; }
}
