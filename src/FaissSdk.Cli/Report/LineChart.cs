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

    public static string Draw(string label, string xName, string yName, IReadOnlyList<ChartSeries> series)
    {
        var longest = series.Max(one => one.Values.Count);
        var x = new ChartAxis(0, Math.Max(1, longest - 1), Left, Width - Right);
        var values = series.SelectMany(one => one.Values).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var y = ChartAxis.Round(values.Min(), values.Max(), Height - Bottom, Top);
        var svg = new PageMarkup();
        svg.Add($"""<svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{PageMarkup.Encode(label)}">""");
        foreach (var tick in y.Ticks())
        {
            svg.Add($"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{PageMarkup.Number(y.At(tick))}" y2="{PageMarkup.Number(y.At(tick))}"/><text class="soft" x="{Left - 8}" y="{PageMarkup.Number(y.At(tick) + 4)}" text-anchor="end">{y.Text(tick)}</text>""");
        }

        var step = Math.Max(1, (int)Math.Ceiling((longest - 1) / 12.0));
        for (var i = 0; i < longest; i += step)
        {
            svg.Add($"""<text class="soft" x="{PageMarkup.Number(x.At(i))}" y="{Height - Bottom + 19}" text-anchor="middle">{i}</text>""");
        }

        svg.Add($"""<line class="axis" x1="{Left}" x2="{Width - Right}" y1="{Height - Bottom}" y2="{Height - Bottom}"/>""");
        svg.Add($"""<text class="soft" x="{(Left + Width - Right) / 2}" y="{Height - 8}" text-anchor="middle">{PageMarkup.Encode(xName)}</text>""");
        svg.Add($"""<text class="soft" transform="translate(16 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">{PageMarkup.Encode(yName)}</text>""");
        for (var group = 0; group < series.Count; group++)
        {
            var points = series[group].Values.Select((value, i) => (X: x.At(i), Y: y.At(value), Value: value, Number: i)).Where(point => double.IsFinite(point.Value)).ToArray();
            var dash = group == 0 ? "" : " stroke-dasharray=\"6 4\"";
            svg.Add($"""<g class="{ChartMark.Class(group)}"><polyline class="path"{dash} style="fill:none" points="{string.Join(' ', points.Select(point => PageMarkup.Number(point.X) + "," + PageMarkup.Number(point.Y)))}"/>""");
            if (points.Length <= MaxMarks)
            {
                foreach (var point in points)
                {
                    var title = FormattableString.Invariant($"<title>{PageMarkup.Encode(series[group].Name)}, {xName} {point.Number}: {point.Value:G7}</title>");
                    svg.Add($"{ChartMark.Draw(group, point.X, point.Y, group == 0 ? 4 : 3.4, title)}");
                }
            }

            svg.Add($"</g>");
            if (series.Count > 1 && points.Length > 0)
            {
                svg.Add($"""<g class="{ChartMark.Class(group)}">{ChartMark.Draw(group, Width - Right - 120, Top + 12 + (20 * group), 4)}</g><text x="{Width - Right - 108}" y="{Top + 16 + (20 * group)}">{PageMarkup.Encode(series[group].Name)}</text>""");
            }
        }

        svg.Add($"</svg>");
        return svg.ToString();
    }
}

/// <summary>Represents a line of a chart.</summary>
internal sealed record ChartSeries(string Name, IReadOnlyList<double> Values);
