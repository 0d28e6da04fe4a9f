using System.Globalization;
using System.Text;
using Spectre.Console;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk tune</c>: measures settings of an index, and chooses the fastest that reaches the recall.</summary>
internal static class TuneJob
{
    private static readonly string[] PlotExtensions = [".svg"];

    public static int Run(TuneRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        CheckOutputs(request);
        using var limit = request.Threads > 0 ? FaissThreads.Limit(request.Threads) : default;
        using var input = TuneInput.Read(request, console, cancellationToken);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{input.Index}"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request.Files.Queries}: {input.Queries.Count:N0} queries, {request.K} neighbors, {request.Options.QueriesPerCall ?? input.Queries.Count:N0} queries in a call"));
        var points = Measure(input, request, console, cancellationToken);
        WriteTable(points, console);
        var chosen = points.BestFor(request.Recall);
        WriteChoice(points, chosen, request, console);

        // Files that have been started are written to their end: from here on there is no cancellation.
        cancellationToken.ThrowIfCancellationRequested();
        Save(input.Index, chosen ?? points.Best!, request, console, cancellationToken);
        return chosen is null ? ExitCode.GoalNotReached : ExitCode.Success;
    }

    private static OperatingPoints Measure(TuneInput input, TuneRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        try
        {
            return console.Track("measuring", report => ParameterSpace.Explore(input.Index, input.Queries.Values, input.Truth, request.Options, new ShareOfSettings(report), cancellationToken));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{request.Files.Queries}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }
    }

    private static void WriteTable(OperatingPoints points, CommandConsole console)
    {
        var table = new Table().AddColumns("recall", "µs per query", "parameters");
        foreach (var point in points.Optimal)
        {
            table.AddRow(CommandConsole.Cells(
                point.Recall.ToString("0.0000", CultureInfo.InvariantCulture),
                point.MicrosecondsPerQuery.ToString("N1", CultureInfo.InvariantCulture),
                point.Parameters.Length == 0 ? "none" : point.Parameters));
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{points.Count} settings measured; the table has those that no faster one equals in recall"));
    }

    private static void WriteChoice(OperatingPoints points, OperatingPoint? chosen, TuneRequest request, CommandConsole console)
    {
        var best = chosen ?? points.Best!;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{(best.Parameters.Length == 0 ? "no parameters" : best.Parameters)} (recall {best.Recall:0.0000}, {best.MicrosecondsPerQuery:N1} µs per query)");
        console.WriteLine(chosen is null
            ? string.Create(CultureInfo.InvariantCulture, $"verdict: no setting reaches a recall of {request.Recall}; the best is {text}")
            : string.Create(CultureInfo.InvariantCulture, $"verdict: the fastest setting with a recall of {request.Recall} is {text}"));
        if (request.Plot is { } plot)
        {
            OutputFile.Write(plot, stream => stream.Write(Encoding.UTF8.GetBytes(OperatingPointPlot.Draw(points, request.Recall, best))), CancellationToken.None);
            console.WriteLine($"wrote {points.Count} settings to {plot}");
        }
    }

    private static void Save(FaissIndex index, OperatingPoint point, TuneRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        if (request.Save is not { } path)
        {
            return;
        }

        point.ApplyTo(index);
        OutputFile.Write(path, index.Save, cancellationToken);
        console.WriteLine($"wrote the index with {(point.Parameters.Length == 0 ? "no parameters" : point.Parameters)} to {path}");
        var lost = point.Parameters.Split(',').Where(parameter => parameter.StartsWith("max_codes=", StringComparison.Ordinal) || (parameter.StartsWith("ht=", StringComparison.Ordinal) && point.Parameters.Contains("nprobe=", StringComparison.Ordinal))).ToArray();
        if (lost.Length > 0)
        {
            console.WriteNote($"{path}: FAISS does not write {string.Join(" and ", lost)}; set that each time the index is loaded.");
        }
    }

    private static void CheckOutputs(TuneRequest request)
    {
        Check("--plot", request.Plot);
        Check("--save", request.Save);
        if (request.Plot is { } plot)
        {
            FileExtension.Of(plot, PlotExtensions, "--plot");
            if (request.Save is { } save && OutputFile.IsSame(plot, save))
            {
                throw new UsageException($"--plot and --save both name {plot}; choose two files.");
            }
        }

        void Check(string option, string? path)
        {
            if (path is null)
            {
                return;
            }

            var files = request.Files;
            foreach (var input in (string?[])[files.Base, files.Queries, files.GroundTruth, option == "--save" ? null : files.Index])
            {
                if (input is not null && OutputFile.IsSame(path, new VectorSource(input).Identity))
                {
                    throw new UsageException($"{option}: {path} is an input file; choose another one.");
                }
            }

            OutputFile.CheckWritable(option, path);
        }
    }

    private sealed class ShareOfSettings(Action<double> report) : IProgress<ExplorationProgress>
    {
        public void Report(ExplorationProgress value) => report((double)value.Done / value.Total);
    }
}
