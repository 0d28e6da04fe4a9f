using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Writes the page and the picture of <c>faiss-sdk eval</c>.</summary>
internal static class EvalReport
{
    public static void Write(EvalRequest request, TuneInput input, EvalPoint[] measured, CommandConsole console)
    {
        var points = measured.Select(point => new OperatingPoint(point.Parameters, point.Recall, 1e6 / point.QueriesPerSecond)).ToArray();
        ReportOutput.Write(request.Report, () => Page(request, input, measured, points), "the report", console);
        ReportOutput.Write(request.Plot, () => RecallChart.Draw(input.Index.ToString()!, points, null, null), string.Create(CultureInfo.InvariantCulture, $"{points.Length} settings"), console);
    }

    private static string Page(EvalRequest request, TuneInput input, EvalPoint[] measured, OperatingPoint[] points)
    {
        var page = new HtmlReport(
            "Recall and speed of " + Path.GetFileName(request.Files.Index),
            string.Create(CultureInfo.InvariantCulture, $"{request.Files.Index}: {input.Index}; {input.Queries.Count:N0} queries of {request.Files.Queries}, {request.K} neighbors, up to {FaissThreads.Default} threads."));
        var best = measured.MaxBy(point => point.Recall)!;
        var fastest = measured.MaxBy(point => point.QueriesPerSecond)!;
        page.AddFact(string.Create(CultureInfo.InvariantCulture, $"best recall@{request.K}"), best.Figures[0]);
        page.AddFact("its queries per second", best.Figures[2]);
        if (measured.Length > 1)
        {
            page.AddFact("most queries per second", fastest.Figures[2]);
        }

        page.AddFact(measured.Length > 1 ? "its median latency" : "median latency", fastest.Figures[3] + " µs");
        page.AddSection("Recall against time", "Each mark is a setting, with the time of a query when all are searched for in one call. The line joins settings that no faster one equals in recall.", HtmlReport.Explorable(RecallChart.Draw(null, points, null, null)));
        page.AddSection(
            "Latencies",
            string.Create(CultureInfo.InvariantCulture, $"Times of single queries, each in a call of its own, of {measured[0].Latencies.Length:N0} queries: the share of queries that take no longer."),
            HtmlReport.Figure(LineChart.Draw("Latency by percentile", "percentile", "µs (logarithmic)", [.. measured.Take(ChartMark.Count).Select(point => new ChartSeries(point.Name, [.. Enumerable.Range(0, 100).Select(percent => point.Percentile(percent / 100.0))]))], isLogarithmic: true)));
        page.AddSection(
            "All settings",
            "Recall is the share of the nearest vectors that are found; recall@1 that of the nearest one.",
            HtmlReport.Table("Settings", ["parameters", $"#recall@{request.K.ToString(CultureInfo.InvariantCulture)}", "#recall@1", "#queries/s", "#p50 µs", "#p95 µs", "#p99 µs", "#max µs"], measured.Select(point => (string[])[PageMarkup.Encode(point.Name), .. point.Figures])));
        return page.ToString();
    }
}
