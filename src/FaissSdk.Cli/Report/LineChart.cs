namespace FaissSdk.Cli;

/// <summary>Draws values over their positions, such as objectives over iterations.</summary>
internal static class LineChart
{
    private const double Width = 760;
    private const double Height = 320;
    private const double Left = 84;
    private const double Right = 24;
    private const double Top = 18;
    private const double Bottom = 50;

    // More marks than this would cover the line.
    private const int MaxMarks = 60;

    public static string Draw(string label, string xName, string yName, IReadOnlyList<ChartSeries> series, bool isLogarithmic = false)
    {
        var longest = series.Max(one => one.Values.Count);
        var x = new ChartAxis(0, Math.Max(1, longest - 1), Left, Width - Right);
        var values = series.SelectMany(one => one.Values).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var y = isLogarithmic ? ChartAxis.Logarithmic(values.Min(), values.Max(), Height - Bottom, Top) : ChartAxis.Round(values.Min(), values.Max(), Height - Bottom, Top);
        var svg = new PageMarkup();
        svg.Add($"""<svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{PageMarkup.Encode(label)}">""");
        foreach (var tick in y.Ticks())
        {
            svg.Add($"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{PageMarkup.Number(y.At(tick))}" y2="{PageMarkup.Number(y.At(tick))}"/><text class="soft" x="{Left - 8}" y="{PageMarkup.Number(y.At(tick) + 4)}" text-anchor="end">{ChartAxis.Text(tick)}</text>""");
        }

        var step = Math.Max(1, (int)ChartAxis.Round(0, Math.Max(1, longest - 1), 0, 1).Ticks().ElementAt(1) / (longest > 30 ? 2 : 5));
        for (var i = 0; i < longest; i += step)
        {
            svg.Add($"""<text class="soft" x="{PageMarkup.Number(x.At(i))}" y="{Height - Bottom + 19}" text-anchor="middle">{i}</text>""");
        }

        svg.Add($"""<line class="axis" x1="{Left}" x2="{Width - Right}" y1="{Height - Bottom}" y2="{Height - Bottom}"/>""");
        svg.Add($"""<text class="soft" x="{(Left + Width - Right) / 2}" y="{Height - 8}" text-anchor="middle">{PageMarkup.Encode(xName)}</text>""");
        svg.Add($"""<text class="soft" transform="translate(11 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">{PageMarkup.Encode(yName)}</text>""");
        for (var group = 0; group < series.Count; group++)
        {
            Line(svg, group, series[group], xName, x, y);
            if (series.Count > 1)
            {
                // Falling lines leave the right free, rising ones the left.
                var left = series[0].Values[0] > series[0].Values[^1] ? Width - Right - 130 : Left + 20;
                svg.Add($"""<g class="{ChartMark.Class(group)}{(group == 1 ? " open" : "")}">{ChartMark.Draw(group, left, Top + 12 + (20 * group), group == 1 ? 5.5 : 4)}</g><text class="label" x="{left + 13}" y="{Top + 16 + (20 * group)}">{PageMarkup.Encode(series[group].Name)}</text>""");
            }
        }

        svg.Add($"</svg>");
        return svg.ToString();
    }

    private static void Line(PageMarkup svg, int group, ChartSeries series, string xName, ChartAxis x, ChartAxis y)
    {
        var points = series.Values.Select((value, i) => (X: x.At(i), Y: y.At(value), Value: value, Number: i)).Where(point => double.IsFinite(point.Value)).ToArray();

        // The second line has open marks and dashes, as it often lies on the first.
        var dash = group == 0 ? "" : " stroke-dasharray=\"6 4\"";
        svg.Add($"""<g class="{ChartMark.Class(group)}{(group == 1 ? " open" : "")}"><polyline class="path"{dash} style="fill:none" points="{string.Join(' ', points.Select(point => PageMarkup.Number(point.X) + "," + PageMarkup.Number(point.Y)))}"/>""");
        foreach (var point in points.Where(point => points.Length <= MaxMarks || point.Number % 10 == 0))
        {
            var title = FormattableString.Invariant($"<title>{PageMarkup.Encode(series.Name)}, {xName} {point.Number}: {point.Value:G7}</title>");
            svg.Add($"{ChartMark.Draw(group, point.X, point.Y, group == 1 ? 5.5 : 4, title)}");
        }

        svg.Add($"</g>");
    }
}

/// <summary>Represents a line of a chart.</summary>
internal sealed record ChartSeries(string Name, IReadOnlyList<double> Values);
