using System.Globalization;
using System.Text;

namespace FaissSdk.Benchmarks;

/// <summary>Draws the time of an iteration over n and over k, in two panels.</summary>
internal static class KMeansPlot
{
    private const int Width = 1080;
    private const int Height = 520;
    private const int Top = 112;
    private const int Bottom = 72;
    private const int PanelWidth = 430;
    private const int Left = 86;
    private const int Gap = 100;

    // Two of the colors of M. Okabe and K. Ito, which everyone can distinguish.
    private const string FaissColor = "#D55E00";
    private const string ManagedColor = "#0072B2";

    public static string Draw(IReadOnlyList<KMeansMeasurement> runs)
    {
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" font-family="'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif" font-size="14" fill="#222222">
            <title>Time of a k-means iteration, FAISS and managed</title>
            <rect width="{Width}" height="{Height}" fill="#ffffff"/>
            <text x="{Left}" y="34" font-size="20" font-weight="bold">Time of a k-means iteration</text>
            <text x="{Left}" y="57" fill="#555555">uniform data, d = 64; {Escape(runs[0].Faiss)}; {Escape(runs[0].Managed)}</text>
            """);
        DrawLegend(svg, runs);

        var all = runs.SelectMany(run => run.OverCount.Concat(run.OverClusters)).ToArray();
        var times = all.SelectMany(training => (double[])[training.FaissSeconds.Median * 1e3, training.ManagedSeconds.Median * 1e3]).ToArray();
        var time = new LogScale(times.Min() / 1.3, times.Max() * 1.3, Height - Bottom, Top);
        DrawPanel(svg, runs, Left, time, run => run.OverCount, training => training.Count, "number of points n", FormattableString.Invariant($"k = {all[0].Clusters}"), Decades);
        DrawPanel(svg, runs, Left + PanelWidth + Gap, time, run => run.OverClusters, training => training.Clusters, "number of clusters k", FormattableString.Invariant($"n = {all[^1].Count:N0}"), values => [.. values]);
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void DrawLegend(StringBuilder svg, IReadOnlyList<KMeansMeasurement> runs)
    {
        var x = Left;
        foreach (var run in runs)
        {
            foreach (var (name, color, managed) in ((string, string, bool)[])[("FAISS", FaissColor, false), ("managed", ManagedColor, true)])
            {
                svg.AppendLine(CultureInfo.InvariantCulture, $"""<line x1="{x}" y1="80" x2="{x + 40}" y2="80" stroke="{color}" stroke-width="2.5"{Dash(run.Threads)}/>""");
                DrawMarker(svg, x + 20, 80, color, managed, run.Threads);
                var label = FormattableString.Invariant($"{name}, {run.Threads} thread{(run.Threads == 1 ? "" : "s")}");
                svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{x + 48}" y="85">{label}</text>""");
                x += 215;
            }
        }
    }

    private static void DrawPanel(
        StringBuilder svg,
        IReadOnlyList<KMeansMeasurement> runs,
        int left,
        LogScale time,
        Func<KMeansMeasurement, TrainingMeasurement[]> trainings,
        Func<TrainingMeasurement, int> valueOf,
        string title,
        string constant,
        Func<IEnumerable<double>, double[]> ticksOf)
    {
        var values = trainings(runs[0]).Select(training => (double)valueOf(training)).ToArray();
        var scale = new LogScale(values.Min() / 1.15, values.Max() * 1.15, left, left + PanelWidth);
        foreach (var tick in Decades(time.Values))
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""
                <line x1="{left}" y1="{time.At(tick):0.0}" x2="{left + PanelWidth}" y2="{time.At(tick):0.0}" stroke="#dddddd"/>
                <text x="{left - 8}" y="{time.At(tick) + 5:0.0}" text-anchor="end">{Number(tick)}</text>
                """);
        }

        foreach (var tick in ticksOf(values))
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""
                <line x1="{scale.At(tick):0.0}" y1="{Top}" x2="{scale.At(tick):0.0}" y2="{Height - Bottom}" stroke="#eeeeee"/>
                <text x="{scale.At(tick):0.0}" y="{Height - Bottom + 20}" text-anchor="middle">{Number(tick)}</text>
                """);
        }

        svg.AppendLine(CultureInfo.InvariantCulture, $"""
            <rect x="{left}" y="{Top}" width="{PanelWidth}" height="{Height - Bottom - Top}" fill="none" stroke="#888888"/>
            <text x="{left + (PanelWidth / 2)}" y="{Height - 24}" text-anchor="middle">{title}</text>
            <text x="{left + 12}" y="{Top + 22}" fill="#555555">{constant}</text>
            <text transform="translate({left - 58} {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">time of an iteration, ms</text>
            """);
        foreach (var run in runs)
        {
            DrawLine(svg, trainings(run), FaissColor, managed: false, run.Threads, scale, time, valueOf, training => training.FaissSeconds.Median * 1e3);
            DrawLine(svg, trainings(run), ManagedColor, managed: true, run.Threads, scale, time, valueOf, training => training.ManagedSeconds.Median * 1e3);
        }
    }

    private static void DrawLine(
        StringBuilder svg,
        TrainingMeasurement[] trainings,
        string color,
        bool managed,
        int threads,
        LogScale scale,
        LogScale time,
        Func<TrainingMeasurement, int> valueOf,
        Func<TrainingMeasurement, double> timeOf)
    {
        var points = trainings.Select(training => (X: scale.At(valueOf(training)), Y: time.At(timeOf(training)))).ToArray();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<polyline points="{string.Join(' ', points.Select(point => FormattableString.Invariant($"{point.X:0.0},{point.Y:0.0}")))}" fill="none" stroke="{color}" stroke-width="2.5" stroke-linejoin="round"{Dash(threads)}/>""");
        foreach (var (x, y) in points)
        {
            DrawMarker(svg, x, y, color, managed, threads);
        }
    }

    // Shape and fill also distinguish the lines.
    private static void DrawMarker(StringBuilder svg, double x, double y, string color, bool managed, int threads)
    {
        var fill = threads == 1 ? color : "#ffffff";
        svg.AppendLine(managed
            ? FormattableString.Invariant($"""<circle cx="{x:0.0}" cy="{y:0.0}" r="4.5" fill="{fill}" stroke="{color}" stroke-width="2"/>""")
            : FormattableString.Invariant($"""<rect x="{x - 4:0.0}" y="{y - 4:0.0}" width="8" height="8" fill="{fill}" stroke="{color}" stroke-width="2"/>"""));
    }

    private static string Dash(int threads) => threads == 1 ? "" : " stroke-dasharray=\"7 4\"";

    /// <summary>Returns the powers of ten and, if they are few, also two and five times these.</summary>
    private static double[] Decades(IEnumerable<double> values)
    {
        var (least, greatest) = (values.Min(), values.Max());
        double[] steps = greatest / least > 300 ? [1] : [1, 2, 5];
        return [.. Enumerable.Range(-6, 16)
            .SelectMany(exponent => steps.Select(step => step * Math.Pow(10, exponent)))
            .Where(tick => tick >= least * 0.999 && tick <= greatest * 1.001)];
    }

    private static string Number(double value) => value >= 1000 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("0.#####", CultureInfo.InvariantCulture);

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    /// <summary>Computes the position of a value on a logarithmic axis.</summary>
    private sealed record LogScale(double Min, double Max, double Start, double End)
    {
        public double[] Values => [Min, Max];

        public double At(double value) => Start + ((End - Start) * Math.Log(value / Min) / Math.Log(Max / Min));
    }
}
