using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk eval</c>: measures recall, throughput and latency of an index.</summary>
internal static class EvalJob
{
    public static int Run(EvalRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        CheckOutputs(request);
        using var limit = request.Threads > 0 ? FaissThreads.Limit(request.Threads) : default;
        using var input = WithIds(request, TuneInput.Read(request.Files, request.K, console, cancellationToken), cancellationToken);
        var settings = request.Parameters.Count == 0 ? [""] : request.Parameters;
        var restore = Restoring(settings, input.Index);
        foreach (var parameters in settings)
        {
            // Checks all parameters first, so that a wrong one is not found after an hour of measurements.
            input.Index.SetParameters(parameters);
        }

        if (restore is null)
        {
            throw new UsageException("the settings of --parameters set different parameters, and the value of one of them in the file cannot be read, to which it would have to return; measure each setting in a run of its own.");
        }

        var measured = console.Track("measuring", report => settings.Select((parameters, i) =>
        {
            report((double)i / settings.Count);
            restore();
            input.Index.SetParameters(parameters);
            return Measure(request, input, parameters, cancellationToken);
        }).ToArray());
        Show(request, input, measured, console);
        EvalReport.Write(request, input, measured, console);
        console.WriteJson(json => WriteJson(json, request, input, measured));
        return ExitCode.Success;
    }

    /// <summary>Returns what sets the parameters that another setting leaves back to their values in the file, or null if one cannot be read.</summary>
    private static Action? Restoring(IReadOnlyList<string> settings, SearchedIndex index)
    {
        var names = settings.Select(SearchedIndex.NamesOf).ToArray();
        var all = names.SelectMany(each => each).ToHashSet();
        return Array.TrueForAll(names, all.SetEquals) ? () => { } : index.Remember(all);
    }

    private static void CheckOutputs(EvalRequest request) =>
        ReportOutput.Check(request.Report, request.Plot, [request.Files.Index, request.Files.Base, request.Files.Queries, request.Files.GroundTruth, request.Ids]);

    /// <summary>Replaces the numbers of vectors, which an exact search finds, by the ids that the index has for them.</summary>
    private static TuneInput WithIds(EvalRequest request, TuneInput input, CancellationToken cancellationToken)
    {
        if (request.Ids is null)
        {
            return input;
        }

        var ids = IdFile.Read(request.Ids, "--ids", cancellationToken);
        if (ids.Length != input.Index.Count)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{request.Ids} has {ids.Length} ids, and {request.Files.Base} has {input.Index.Count} vectors; give one id for each."));
        }

        return input with { Truth = input.Truth.Renamed(ids) };
    }

    private static EvalPoint Measure(EvalRequest request, TuneInput input, string parameters, CancellationToken cancellationToken)
    {
        var (index, queries) = (input.Index, input.Queries);
        try
        {
            var found = index.Comparable(index.Search(queries, request.K, cancellationToken), input.Truth);
            var seconds = double.PositiveInfinity;
            for (var i = 0; i < request.Repeats; i++)
            {
                var clock = Stopwatch.StartNew();
                index.Search(queries, request.K, cancellationToken);
                seconds = Math.Min(seconds, clock.Elapsed.TotalSeconds);
            }

            var deepest = Math.Min(request.K, input.Truth.K);
            return new EvalPoint(
                parameters,
                Evaluation.Recall(found, input.Truth, deepest, deepest),
                Evaluation.Recall(found, input.Truth, 1, 1),
                Evaluation.Recall(found, input.Truth, 1, deepest),
                queries.Count / seconds,
                Latencies(request, index, queries, cancellationToken));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{request.Files.Queries}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }
    }

    /// <summary>Measures each query in a call of its own; returns microseconds in ascending order.</summary>
    private static double[] Latencies(EvalRequest request, SearchedIndex index, VectorSet queries, CancellationToken cancellationToken)
    {
        var count = Math.Min(queries.Count, request.MaxSingle);
        var search = index.SearchOne(queries, request.K);
        var times = new double[count];
        for (var i = -1; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            search(Math.Max(0, i));

            // The first call warms up.
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        Array.Sort(times);
        return times;
    }

    private static void Show(EvalRequest request, TuneInput input, EvalPoint[] points, CommandConsole console)
    {
        console.WriteLine(input.Index.ToString()!);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request.Files.Queries}: {input.Queries.Count:N0} queries, {request.K} neighbors, {FaissThreads.Default} threads"));
        var table = new Table();
        foreach (var title in (string[])["parameters", $"recall@{request.K.ToString(CultureInfo.InvariantCulture)}", "@1", "queries/s", "p50 µs", "p95 µs", "p99 µs"])
        {
            table.AddColumn(title == "parameters" ? new TableColumn(title) : new TableColumn(title) { NoWrap = true }.RightAligned());
        }

        foreach (var point in points)
        {
            table.AddRow(CommandConsole.Cells([point.Name, .. point.Figures[..^1]]));
        }

        console.Write(table);
    }

    private static void WriteJson(Utf8JsonWriter json, EvalRequest request, TuneInput input, EvalPoint[] points)
    {
        json.WriteString("index", input.Index.ToString());
        json.WriteNumber("queries", input.Queries.Count);
        json.WriteNumber("k", request.K);
        json.WriteNumber("threads", FaissThreads.Default);
        CommandJson.WriteArray(json, "settings", points, point =>
        {
            json.WriteStartObject();
            json.WriteString("parameters", point.Parameters);
            CommandJson.WriteNumber(json, "recall", point.Recall);
            CommandJson.WriteNumber(json, "recallOfFirst", point.FirstOfFirst);
            CommandJson.WriteNumber(json, "firstAmongAll", point.FirstAmongAll);
            CommandJson.WriteNumber(json, "queriesPerSecond", point.QueriesPerSecond);
            CommandJson.WriteNumber(json, "p50Microseconds", point.Percentile(0.5));
            CommandJson.WriteNumber(json, "p95Microseconds", point.Percentile(0.95));
            CommandJson.WriteNumber(json, "p99Microseconds", point.Percentile(0.99));
            CommandJson.WriteNumber(json, "maxMicroseconds", point.Percentile(1));
            json.WriteEndObject();
        });
    }
}
