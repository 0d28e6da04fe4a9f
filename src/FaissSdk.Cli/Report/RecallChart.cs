using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Draws settings of an index: the time of a query over the recall.</summary>
internal static class RecallChart
{
    private const double Width = 760;
    private const double Height = 440;
    private const double Left = 84;
    private const double Right = 30;
    private const double Top = 22;
    private const double Bottom = 52;
    private const double TitleHeight = 46;

    /// <param name="title">The title of a file of its own; null for an element of a page.</param>
    /// <param name="points">The settings, with the time of a query in microseconds.</param>
    /// <param name="goal">The recall to reach; null if there is none.</param>
    /// <param name="chosen">The setting to mark; null if there is none.</param>
    public static string Draw(string? title, IReadOnlyList<OperatingPoint> points, double? goal, OperatingPoint? chosen)
    {
        var offset = title is null ? 0 : TitleHeight;
        var least = Math.Max(0, Math.Min(goal ?? 1, points.Min(point => point.Recall)) - 0.02);
        var x = new ChartAxis(least, 1, Left, Width - Right);
        var y = ChartAxis.Logarithmic(points.Min(point => point.MicrosecondsPerQuery), points.Max(point => point.MicrosecondsPerQuery), offset + Height - Bottom, offset + Top);
        var svg = new PageMarkup();
        var label = string.Create(CultureInfo.InvariantCulture, $"Recall and time of {points.Count} settings");
        svg.Add($"{Start(title, label, offset + Height)}");
        foreach (var tick in y.Ticks())
        {
            svg.Add($"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{PageMarkup.Number(y.At(tick))}" y2="{PageMarkup.Number(y.At(tick))}"/><text class="soft" x="{Left - 8}" y="{PageMarkup.Number(y.At(tick) + 4)}" text-anchor="end">{ChartAxis.Text(tick)}</text>""");
        }

        var bottom = offset + Height - Bottom;
        foreach (var tick in ChartAxis.Round(least, 1, Left, Width - Right).Ticks().Where(tick => tick >= least - 1e-9 && tick <= 1 + 1e-9))
        {
            svg.Add($"""<line class="grid" x1="{PageMarkup.Number(x.At(tick))}" x2="{PageMarkup.Number(x.At(tick))}" y1="{offset + Top}" y2="{bottom}"/><text class="soft" x="{PageMarkup.Number(x.At(tick))}" y="{bottom + 19}" text-anchor="middle">{tick:0.###}</text>""");
        }

        svg.Add($"""<line class="axis" x1="{Left}" x2="{Width - Right}" y1="{bottom}" y2="{bottom}"/>""");
        svg.Add($"""<text class="soft" x="{(Left + Width - Right) / 2}" y="{offset + Height - 10}" text-anchor="middle">recall</text>""");
        svg.Add($"""<text class="soft" transform="translate(11 {(offset + Top + bottom) / 2}) rotate(-90)" text-anchor="middle">time of a query, µs (logarithmic)</text>""");
        if (goal is { } wanted)
        {
            var isLeft = x.At(wanted) < Left + 80;
            svg.Add($"""<line class="goal" x1="{PageMarkup.Number(x.At(wanted))}" x2="{PageMarkup.Number(x.At(wanted))}" y1="{offset + Top}" y2="{bottom}"/><text class="label" x="{PageMarkup.Number(x.At(wanted) + (isLeft ? 6 : -6))}" y="{offset + Top + 12}" text-anchor="{(isLeft ? "start" : "end")}">goal {wanted:0.###}</text>""");
        }

        Marks(svg, points, chosen, x, y);
        return svg.Add($"""<circle class="ring" r="10"/></svg>""").ToString();
    }

    /// <summary>Returns the settings that no faster one equals in recall, in the order of recall.</summary>
    public static IReadOnlyList<OperatingPoint> Optimal(IReadOnlyList<OperatingPoint> points)
    {
        var best = new List<OperatingPoint>();
        foreach (var point in points.OrderByDescending(point => point.Recall).ThenBy(point => point.MicrosecondsPerQuery))
        {
            if (best.Count == 0 || point.MicrosecondsPerQuery < best[^1].MicrosecondsPerQuery)
            {
                best.Add(point);
            }
        }

        best.Reverse();
        return best;
    }

    private static string Start(string? title, string label, double height) => title is null
        ? FormattableString.Invariant($"""<svg viewBox="0 0 {Width} {height}" role="application" tabindex="0" aria-roledescription="chart" aria-label="{PageMarkup.Encode(label)}. The arrow keys go from setting to setting.">""")
        : FormattableString.Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" class="alone" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img" aria-label="{PageMarkup.Encode(label)}"><title>{PageMarkup.Encode(label)}</title><style>{HtmlReport.Style}</style><rect class="back" width="{Width}" height="{height}"/><text class="title" x="{Left}" y="26">{PageMarkup.Encode(title)}</text><text class="soft" x="{Left}" y="48">{PageMarkup.Encode(label)}</text>""");

    private static void Marks(PageMarkup svg, IReadOnlyList<OperatingPoint> points, OperatingPoint? chosen, ChartAxis x, ChartAxis y)
    {
        var optimal = Optimal(points);
        svg.Add($"""<g class="m m0"><polyline class="path" style="fill:none" points="{string.Join(' ', optimal.Select(point => PageMarkup.Number(x.At(point.Recall)) + "," + PageMarkup.Number(y.At(point.MicrosecondsPerQuery))))}"/></g>""");
        foreach (var point in points.OrderBy(point => point == chosen))
        {
            // A filled diamond is the choice, filled circles lie on the line, and open circles off it.
            var kind = point == chosen ? 3 : 0;
            var style = point == chosen ? "m m1" : optimal.Contains(point) ? "m m0" : "m m0 open";
            var (left, top) = (x.At(point.Recall), y.At(point.MicrosecondsPerQuery));
            var title = string.Create(CultureInfo.InvariantCulture, $"<title>{PageMarkup.Encode(Name(point))}: recall {point.Recall:0.0000}, {point.MicrosecondsPerQuery:N1} µs per query</title>");
            svg.Add($"""<g class="{style}">{ChartMark.Draw(kind, left, top, point == chosen ? 6.5 : 4.2, title, $" data-x=\"{PageMarkup.Number(left)}\" data-y=\"{PageMarkup.Number(top)}\"")}</g>""");
        }

        var last = double.NaN;
        foreach (var point in optimal.Count <= 12 ? optimal : optimal.Where(point => point == chosen))
        {
            // Names that would cover each other are left out; the table has all.
            var (left, top) = (x.At(point.Recall), y.At(point.MicrosecondsPerQuery));
            if (point == chosen || double.IsNaN(last) || Math.Abs(top - last) > 17)
            {
                svg.Add($"""<text class="label" x="{PageMarkup.Number(left - 10)}" y="{PageMarkup.Number(top - 8)}" text-anchor="{(left > Left + 150 ? "end" : "start")}">{PageMarkup.Encode(Name(point))}</text>""");
                last = top;
            }
        }
    }

    private static string Name(OperatingPoint point) => point.Parameters.Length == 0 ? "as in the file" : point.Parameters;
}
