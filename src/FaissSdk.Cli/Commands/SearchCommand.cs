using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk search</c>.</summary>
internal static class SearchCommand
{
    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var index = new Argument<string>("INDEX") { Description = "The index file." };
        var queries = new Argument<string?>("QUERIES") { Description = "The vectors to search for; - for the standard input.", Arity = ArgumentArity.ZeroOrOne };
        var format = InputOptions.Format();
        var array = InputOptions.Array();
        var query = new Option<string>("--query") { Description = "A text to search for instead, in an index of build --text.", HelpName = "TEXT" };
        var k = CommandOptions.Integer("--k", "The number of neighbors of each query.", minimum: 1, defaultValue: 10);
        var probes = CommandOptions.Integer("--nprobe", "The number of inverted lists to search (default: that of the index).", minimum: 1, optional: true);
        var parameters = CommandOptions.Parameters();
        var output = new Option<string>("--output") { Description = "Write the neighbors to this file: .csv (query, rank, id, distance), .npy or .ivecs (ids), .json; - for the standard output. Without it they are shown.", HelpName = "OUT" };
        var to = CommandOptions.Format("--to", "The format of the output, if its name has another extension or none.", SearchJob.Extensions);
        var distances = new Option<string>("--distances") { Description = "Write the distances (queries × k) to this file (.npy, .fvecs, .csv).", HelpName = "OUT" };
        var threads = CommandOptions.Integer("--threads", "The maximum number of threads (default: processors, or OMP_NUM_THREADS).", minimum: 1, optional: true);
        var command = new Command("search", "Search an index for the vectors of a file, or for a text.") { index, queries, format, array, query, k, probes, parameters, output, to, distances, threads };
        command.SetAction(parsed => SearchJob.Run(
            new SearchRequest
            {
                Index = parsed.GetRequiredValue(index),
                Queries = parsed.GetValue(queries) is { } path ? new VectorSource(path, parsed.GetValue(format), parsed.GetValue(array)) : null,
                Text = parsed.GetValue(query),
                K = parsed.GetValue(k),
                Parameters = CommandOptions.Join(parsed.GetValue(probes), parsed.GetValue(parameters)),
                Output = parsed.GetValue(output) is { } file ? new CommandOutput("--output", file, parsed.GetValue(to)) : null,
                Distances = parsed.GetValue(distances) is { } target ? new CommandOutput("--distances", target) : null,
                Threads = parsed.GetValue(threads),
            },
            console,
            cancellationToken));
        return command;
    }
}

/// <summary>Represents the options given to <c>faiss-sdk search</c>.</summary>
internal sealed record SearchRequest
{
    public required string Index { get; init; }

    public VectorSource? Queries { get; init; }

    public string? Text { get; init; }

    public required int K { get; init; }

    public string? Parameters { get; init; }

    public CommandOutput? Output { get; init; }

    public CommandOutput? Distances { get; init; }

    public int Threads { get; init; }
}
