using System.Globalization;
using Spectre.Console;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk tune</c>: measures settings of an index, and chooses the fastest that reaches the recall.</summary>
internal static class TuneJob
{
    public static int Run(TuneRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        CheckOutputs(request);
        if (request.Files.Index is { } file && File.Exists(file) && SearchedIndex.IsBinary(file))
        {
            throw new UsageException($"{file} is a binary index, whose parameters tune does not explore; measure it by faiss-sdk eval --parameters.");
        }

        using var limit = request.Threads > 0 ? FaissThreads.Limit(request.Threads) : default;
        using var input = TuneInput.Read(request.Files, request.K, console, cancellationToken);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{input.Index}"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request.Files.Queries}: {input.Queries.Count:N0} queries, {request.K} neighbors, {request.Options.QueriesPerCall ?? input.Queries.Count:N0} queries in a call"));
        var points = Measure(input, request, console, cancellationToken);
        WriteTable(points, console);
        var chosen = points.BestFor(request.Recall);
        WriteChoice(points, chosen, request, console);
        WriteReport(input, points, chosen, request, console);

        // Files that have been started are written to their end: from here on there is no cancellation.
        cancellationToken.ThrowIfCancellationRequested();
        Save(input.VectorIndex, chosen ?? points.Best!, request, console, cancellationToken);
        return chosen is null ? ExitCode.GoalNotReached : ExitCode.Success;
    }

    private static OperatingPoints Measure(TuneInput input, TuneRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        try
        {
            return console.Track("measuring", report => ParameterSpace.Explore(input.VectorIndex, input.Queries.Values, input.Truth, request.Options, new ShareOfSettings(report), cancellationToken));
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
    }

    private static void WriteReport(TuneInput input, OperatingPoints points, OperatingPoint? chosen, TuneRequest request, CommandConsole console)
    {
        var best = chosen ?? points.Best!;
        ReportOutput.Write(request.Report, () => TuneReport.Page(request, input, points, best, chosen is not null), "the report", console);
        ReportOutput.Write(request.Plot, () => RecallChart.Draw(input.Index.ToString()!, [.. points], request.Recall, best), string.Create(CultureInfo.InvariantCulture, $"{points.Count} settings"), console);
        console.WriteJson(json =>
        {
            json.WriteString("index", input.Index.ToString());
            json.WriteNumber("goal", request.Recall);
            json.WriteBoolean("isReached", chosen is not null);
            json.WritePropertyName("best");
            Write(best);
            CommandJson.WriteArray(json, "settings", points, Write);

            void Write(OperatingPoint point)
            {
                json.WriteStartObject();
                json.WriteString("parameters", point.Parameters);
                json.WriteNumber("recall", point.Recall);
                CommandJson.WriteNumber(json, "microsecondsPerQuery", point.MicrosecondsPerQuery);
                json.WriteBoolean("isOptimal", points.Optimal.Contains(point));
                json.WriteEndObject();
            }
        });
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
        var files = request.Files;
        Check("--save", request.Save);
        ReportOutput.Check(request.Report, request.Plot, [files.Index, files.Base, files.Queries, files.GroundTruth, request.Save]);

        void Check(string option, string? path)
        {
            if (path is null)
            {
                return;
            }

            foreach (var input in (string?[])[files.Base, files.Queries, files.GroundTruth])
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
