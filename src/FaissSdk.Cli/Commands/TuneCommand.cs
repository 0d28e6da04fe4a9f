using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk tune</c>.</summary>
internal static class TuneCommand
{
    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var files = new Argument<string[]>("FILES")
        {
            Description = "INDEX BASE QUERIES: the index, the vectors that it holds in the order of their ids, and the queries. BASE QUERIES with --factory; INDEX QUERIES with --ground-truth.",
            Arity = new ArgumentArity(2, 3),
        };
        var recall = CommandOptions.Share("--recall", "The recall to reach: the share of the k nearest vectors that are found.", defaultValue: 0.95);
        var k = CommandOptions.Integer("--k", "The number of neighbors to search for.", minimum: 1, defaultValue: 10);
        var factory = new Option<string>("--factory") { Description = "Build an index of this factory string, such as IVF1024,Flat, of BASE instead of loading one.", HelpName = "STRING" };
        var metric = CommandOptions.Choice("--metric", "With --factory, the metric: l2 (the default) or ip, the inner product.", ("l2", (MetricType?)MetricType.L2), ("ip", MetricType.InnerProduct));
        var truth = new Option<string>("--ground-truth") { Description = "The ids of the nearest vectors of each query, nearest first (.ivecs, .npy, …), instead of those of an exact search.", HelpName = "FILE" };
        var report = CommandOptions.Report();
        var plot = CommandOptions.Plot("Draw recall and time of all settings to this file (.svg).");
        var save = new Option<string>("--save") { Description = "Write the index with the chosen setting to this file.", HelpName = "OUT" };
        var batch = CommandOptions.Integer("--batch", "The number of queries in a call (default: all). With 1, the time is that of single queries.", minimum: 1, optional: true);
        var experiments = CommandOptions.Integer("--experiments", "The maximum number of settings to try.", minimum: 1, defaultValue: 500);
        var seed = CommandOptions.Integer("--seed", "The seed of the order in which settings are tried.", minimum: 0, defaultValue: 1234);
        var threads = CommandOptions.Integer("--threads", "The maximum number of threads (default: processors, or OMP_NUM_THREADS).", minimum: 1, optional: true);

        var command = new Command("tune", "Measure recall and time of an index with many settings of its parameters, and choose the fastest that reaches a recall.")
        {
            files, recall, k, factory, metric, truth, report, plot, save, batch, experiments, seed, threads,
        };
        command.SetAction(parsed => TuneJob.Run(
            new TuneRequest
            {
                Files = TuneFiles.Of(parsed.GetRequiredValue(files), parsed.GetValue(factory), parsed.GetValue(metric), parsed.GetValue(truth)),
                Recall = parsed.GetValue(recall),
                K = parsed.GetValue(k),
                Report = parsed.GetValue(report),
                Plot = parsed.GetValue(plot),
                Save = parsed.GetValue(save),
                Threads = parsed.GetValue(threads),
                Options = new ExplorationOptions
                {
                    K = parsed.GetValue(k),
                    QueriesPerCall = parsed.GetValue(batch) is > 0 and var size ? size : null,
                    MaxExperiments = parsed.GetValue(experiments),
                    Seed = parsed.GetValue(seed),
                },
            },
            console,
            cancellationToken));
        return command;
    }
}

/// <summary>Represents the options given to <c>faiss-sdk tune</c>.</summary>
internal sealed record TuneRequest
{
    public required TuneFiles Files { get; init; }

    public required double Recall { get; init; }

    public required int K { get; init; }

    public required ExplorationOptions Options { get; init; }

    public string? Report { get; init; }

    public string? Plot { get; init; }

    public string? Save { get; init; }

    public int Threads { get; init; }
}
