namespace FaissSdk.Cli;

/// <summary>Draws the sizes of clusters, largest first.</summary>
internal static class SizeChart
{
    private const double Width = 760;
    private const double Height = 260;
    private const double Left = 84;
    private const double Right = 24;
    private const double Top = 18;
    private const double Bottom = 44;

    // Below this, bars are numbered.
    private const int MaxNumbered = 32;

    /// <param name="label">The description of the chart for screen readers.</param>
    /// <param name="sizes">The numbers and sizes of the clusters, largest first.</param>
    public static string Draw(string label, IReadOnlyList<(int Cluster, int Size)> sizes)
    {
        var y = ChartAxis.Round(0, Math.Max(1, sizes[0].Size), Height - Bottom, Top);
        var width = (Width - Left - Right) / sizes.Count;
        var gap = width > 8 ? 2 : width > 3 ? 0.6 : 0;
        var mean = sizes.Average(entry => entry.Size);
        var svg = new PageMarkup();
        svg.Add($"""<svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{PageMarkup.Encode(label)}">""");
        foreach (var tick in y.Ticks())
        {
            svg.Add($"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{PageMarkup.Number(y.At(tick))}" y2="{PageMarkup.Number(y.At(tick))}"/><text class="soft" x="{Left - 8}" y="{PageMarkup.Number(y.At(tick) + 4)}" text-anchor="end">{ChartAxis.Text(tick)}</text>""");
        }

        for (var i = 0; i < sizes.Count; i++)
        {
            var (cluster, size) = sizes[i];
            var (x, top) = (Left + (i * width), y.At(size));
            svg.Add($"""<rect class="bar" x="{PageMarkup.Number(x + (gap / 2))}" y="{PageMarkup.Number(top)}" width="{PageMarkup.Number(width - gap)}" height="{PageMarkup.Number(Math.Max(0, Height - Bottom - top))}"><title>cluster {cluster}: {size:N0} points</title></rect>""");
            if (sizes.Count <= MaxNumbered)
            {
                svg.Add($"""<text class="soft" x="{PageMarkup.Number(x + (width / 2))}" y="{Height - Bottom + 17}" text-anchor="middle">{cluster}</text>""");
            }
        }

        svg.Add($"""<line class="axis" x1="{Left}" x2="{Width - Right}" y1="{Height - Bottom}" y2="{Height - Bottom}"/>""");
        svg.Add($"""<line class="mean" x1="{Left}" x2="{Width - Right}" y1="{PageMarkup.Number(y.At(mean))}" y2="{PageMarkup.Number(y.At(mean))}"/><text class="label" x="{Width - Right}" y="{PageMarkup.Number(y.At(mean) - 7)}" text-anchor="end">mean {mean:#,0.#}</text>""");
        svg.Add($"""<text class="soft" x="{(Left + Width - Right) / 2}" y="{Height - 6}" text-anchor="middle">{(sizes.Count <= MaxNumbered ? "cluster" : FormattableString.Invariant($"{sizes.Count:N0} clusters, largest first"))}</text>""");
        svg.Add($"""<text class="soft" transform="translate(11 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">points</text>""");
        svg.Add($"</svg>");
        return svg.ToString();
    }
}
