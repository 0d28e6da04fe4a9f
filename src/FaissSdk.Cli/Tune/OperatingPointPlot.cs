using System.Globalization;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Draws operating points: the time of a query over the recall.</summary>
internal static class OperatingPointPlot
{
    private const int Width = 760;
    private const int Height = 480;
    private const int Left = 84;
    private const int Right = 24;
    private const int Top = 64;
    private const int Bottom = 60;

    // Two of the colors of M. Okabe and K. Ito, which everyone can distinguish.
    private const string PointColor = "#0072B2";
    private const string GoalColor = "#D55E00";

    public static string Draw(OperatingPoints points, double goal, OperatingPoint chosen)
    {
        var least = Math.Max(0, Math.Min(goal, points.Min(point => point.Recall)) - 0.02);
        double X(double recall) => Left + ((Width - Left - Right) * (recall - least) / (1 - least));
        var (fastest, slowest) = (points.Min(point => point.MicrosecondsPerQuery) / 1.3, points.Max(point => point.MicrosecondsPerQuery) * 1.3);
        double Y(double time) => Height - Bottom - ((Height - Bottom - Top) * Math.Log(time / fastest) / Math.Log(slowest / fastest));

        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" font-family="'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif" font-size="14" fill="#222222">
            <title>Recall and time of {points.Count} settings</title>
            <rect width="{Width}" height="{Height}" fill="#ffffff"/>
            <text x="{Left}" y="28" font-size="18" font-weight="bold">Recall and time of {points.Count} settings</text>
            <text x="{Left}" y="50" fill="#555555">{Escape(chosen.Parameters)}: recall {chosen.Recall:0.0000}, {chosen.MicrosecondsPerQuery:N1} µs per query</text>
            """);
        foreach (var tick in Ticks(fastest, slowest))
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""
                <line x1="{Left}" y1="{Y(tick):0.0}" x2="{Width - Right}" y2="{Y(tick):0.0}" stroke="#dddddd"/>
                <text x="{Left - 8}" y="{Y(tick) + 5:0.0}" text-anchor="end">{tick:#,0.####}</text>
                """);
        }

        for (var i = 0; i <= 5; i++)
        {
            var recall = least + ((1 - least) * i / 5);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{X(recall):0.0}" y="{Height - Bottom + 20}" text-anchor="middle">{recall:0.###}</text>""");
        }

        svg.AppendLine(CultureInfo.InvariantCulture, $"""
            <rect x="{Left}" y="{Top}" width="{Width - Left - Right}" height="{Height - Bottom - Top}" fill="none" stroke="#888888"/>
            <text x="{(Left + Width - Right) / 2}" y="{Height - 14}" text-anchor="middle">recall</text>
            <text transform="translate(20 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">time of a query, µs</text>
            <line x1="{X(goal):0.0}" y1="{Top}" x2="{X(goal):0.0}" y2="{Height - Bottom}" stroke="{GoalColor}" stroke-width="2" stroke-dasharray="7 4"/>
            <polyline points="{string.Join(' ', points.Optimal.Select(point => FormattableString.Invariant($"{X(point.Recall):0.0},{Y(point.MicrosecondsPerQuery):0.0}")))}" fill="none" stroke="{PointColor}" stroke-width="2"/>
            """);
        var optimal = points.Optimal.ToHashSet();
        foreach (var point in points)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""
                <circle cx="{X(point.Recall):0.0}" cy="{Y(point.MicrosecondsPerQuery):0.0}" r="{(point == chosen ? 7 : 4)}" fill="{(point == chosen ? GoalColor : optimal.Contains(point) ? PointColor : "#ffffff")}" stroke="{PointColor}" stroke-width="1.5"><title>{Escape(point.Parameters)}</title></circle>
                """);
        }

        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static IEnumerable<double> Ticks(double least, double greatest)
    {
        double[] steps = greatest / least > 300 ? [1] : [1, 2, 5];
        return Enumerable.Range(-4, 14).SelectMany(exponent => steps.Select(step => step * Math.Pow(10, exponent))).Where(tick => tick >= least && tick <= greatest);
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
