using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Composes the page of <c>faiss-sdk tune</c>.</summary>
internal static class TuneReport
{
    public static string Page(TuneRequest request, TuneInput input, OperatingPoints points, OperatingPoint best, bool isReached)
    {
        var page = new HtmlReport(
            $"Settings of {(request.Files.Index is { } file ? Path.GetFileName(file) : request.Files.Factory)}",
            string.Create(CultureInfo.InvariantCulture, $"{input.Index}; {input.Queries.Count:N0} queries of {request.Files.Queries}, {request.K} neighbors, {request.Options.QueriesPerCall ?? input.Queries.Count:N0} queries in a call."));
        page.AddFact(isReached ? "chosen" : "best, below the goal", Name(best));
        page.AddFact("recall", best.Recall.ToString("0.0000", CultureInfo.InvariantCulture));
        page.AddFact("goal", request.Recall.ToString("0.####", CultureInfo.InvariantCulture));
        page.AddFact("time of a query", best.MicrosecondsPerQuery.ToString("N1", CultureInfo.InvariantCulture) + " µs");
        OperatingPoint[] all = [.. points];
        page.AddSection(
            "Recall against time",
            "Each mark is a setting. The line joins settings that no faster one equals in recall; the diamond is the chosen one, and the dashed line the recall to reach.",
            HtmlReport.Explorable(RecallChart.Draw(null, all, request.Recall, best)));
        OperatingPoint[] sorted = [.. all.OrderByDescending(point => point.Recall).ThenBy(point => point.MicrosecondsPerQuery)];
        page.AddSection(
            "All settings",
            string.Create(CultureInfo.InvariantCulture, $"{points.Count} settings, best recall first."),
            HtmlReport.Table(
                "Settings",
                ["parameters", "#recall", "#µs per query", "on the line"],
                sorted.Select(point => (string[])[PageMarkup.Encode(Name(point)), point.Recall.ToString("0.0000", CultureInfo.InvariantCulture), point.MicrosecondsPerQuery.ToString("N1", CultureInfo.InvariantCulture), points.Optimal.Contains(point) ? "yes" : ""]),
                Array.IndexOf(sorted, best)));
        return page.ToString();
    }

    private static string Name(OperatingPoint point) => point.Parameters.Length == 0 ? "no parameters" : point.Parameters;
}
