using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Composes the pages of <c>faiss-sdk kmeans</c> and <c>faiss-sdk verify</c>.</summary>
internal static class KMeansReport
{
    // Longer tables are not worth reading.
    private const int MaxRows = 300;

    public static HtmlReport Start(string title, VectorSource input, VectorSet points, int clusters, IReadOnlyList<TrainingRun> runs, ClusterView view)
    {
        var first = runs[0];
        var page = new HtmlReport(
            title,
            string.Create(CultureInfo.InvariantCulture, $"{input}: {points.Count:N0} points of dimension {points.Dimension:N0} into {clusters:N0} clusters, by {string.Join(" and ", runs.Select(run => run.Name))}."));
        page.AddFact("objective", first.Result.Objective.ToString("G6", CultureInfo.InvariantCulture));
        page.AddFact("iterations", first.Result.Iterations.Count.ToString(CultureInfo.InvariantCulture) + (first.Result.Converged ? ", converged" : ""));
        page.AddFact("largest cluster", view.Sizes[0].Size.ToString("N0", CultureInfo.InvariantCulture));
        page.AddFact("smallest cluster", view.Sizes[^1].Size.ToString("N0", CultureInfo.InvariantCulture));
        page.AddFact("time", first.Elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s");
        return page;
    }

    public static void AddTraining(HtmlReport page, IReadOnlyList<TrainingRun> runs)
    {
        var isSpherical = runs[0].Result.Spherical;
        page.AddSection(
            "Objective per iteration",
            isSpherical ? "The sum of the inner products of points and their centroids, which training increases." : "The sum of the squared distances of points from their centroids, which training decreases.",
            HtmlReport.Figure(LineChart.Draw("Objective per iteration", "iteration", "objective", [.. runs.Select(run => new ChartSeries(run.Name, [.. run.Result.Iterations.Select(iteration => (double)iteration.Objective)]))]))
            + HtmlReport.Details("The numbers", string.Concat(runs.Select(run => HtmlReport.Table(
                "Iterations, " + run.Name,
                ["#iteration", "#objective", "#imbalance", "#splits", "#time"],
                run.Result.Iterations.Select(iteration => (string[])
                [
                    iteration.Iteration.ToString(CultureInfo.InvariantCulture),
                    iteration.Objective.ToString("G7", CultureInfo.InvariantCulture),
                    iteration.Imbalance.ToString("0.0000", CultureInfo.InvariantCulture),
                    iteration.Splits.ToString(CultureInfo.InvariantCulture),
                    run.Duration(iteration).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
                ]))))));
    }

    public static void AddClusters(HtmlReport page, VectorSet points, ClusterView view)
    {
        page.AddSection(
            "Sizes of clusters",
            "The number of points of each cluster, largest first. Even sizes make searches of inverted lists even.",
            HtmlReport.Figure(SizeChart.Draw("Sizes of clusters", view.Sizes)));
        var sample = view.Shown.Count < points.Count ? string.Create(CultureInfo.InvariantCulture, $"a sample of {view.Shown.Count:N0} of {points.Count:N0} points") : "all points";
        page.AddSection(
            "Map",
            string.Create(CultureInfo.InvariantCulture, $"The two directions of the largest variance ({view.ShownVariance * 100:0.#} % of it), with {sample}. The numbers stand at the centroids of the largest clusters. Point at a mark, or use the arrow keys, to see which point it is; a button shows its cluster alone."),
            HtmlReport.Explorable(ClusterMap.Draw(view, "", isAlone: false), ClusterMap.Legend(view)));
        page.AddSection(
            "Clusters",
            view.Sizes.Count > MaxRows ? string.Create(CultureInfo.InvariantCulture, $"The largest {MaxRows} of {view.Sizes.Count:N0} clusters, with the points nearest to each centroid.") : "All clusters, with the points nearest to each centroid.",
            HtmlReport.Table(
                "Clusters",
                ["cluster", "#points", "#share", "#mean distance", "nearest points"],
                view.Sizes.Take(MaxRows).Select(entry => (string[])
                [
                    ChartMark.Sample(view.GroupOf(entry.Cluster)) + " " + entry.Cluster.ToString(CultureInfo.InvariantCulture),
                    entry.Size.ToString("N0", CultureInfo.InvariantCulture),
                    (entry.Size * 100.0 / points.Count).ToString("0.00", CultureInfo.InvariantCulture) + " %",
                    entry.Size == 0 ? "" : view.Radii[entry.Cluster].ToString("G4", CultureInfo.InvariantCulture),
                    PageMarkup.Encode(string.Join(", ", view.Nearest[entry.Cluster].Select(view.NameOf))),
                ])));
    }
}
