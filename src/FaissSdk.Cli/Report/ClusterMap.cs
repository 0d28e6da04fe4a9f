using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Draws points in two dimensions, each with the shape and color of its cluster.</summary>
internal static class ClusterMap
{
    private const double Width = 760;
    private const double Height = 560;
    private const double Margin = 26;
    private const double TitleHeight = 40;

    /// <summary>Returns the map as an element of a page, or as a file of its own with title and styles.</summary>
    public static string Draw(ClusterView view, string title, bool isAlone)
    {
        var (offset, height) = isAlone ? (TitleHeight, Height + TitleHeight) : (0, Height);
        var (x, y) = Axes(view, offset);
        var svg = new PageMarkup();
        var label = string.Create(CultureInfo.InvariantCulture, $"Map of {view.Shown.Count:N0} points in two dimensions, by cluster");
        if (isAlone)
        {
            svg.Add($"""<svg xmlns="http://www.w3.org/2000/svg" class="alone" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img" aria-label="{PageMarkup.Encode(label)}"><style>{HtmlReport.Style}</style><rect class="back" width="{Width}" height="{height}"/><text class="title" x="{Margin}" y="28">{PageMarkup.Encode(title)}</text>""");
        }
        else
        {
            svg.Add($"""<svg viewBox="0 0 {Width} {height}" role="application" tabindex="0" aria-roledescription="map" aria-label="{PageMarkup.Encode(label)}. The arrow keys go from point to point.">""");
        }

        svg.Add($"""<rect class="axis" fill="none" x="1" y="{offset + 1}" width="{Width - 2}" height="{Height - 2}" rx="6"/>""");

        // Clusters without a shape of their own first, so that they cover nothing.
        foreach (var group in view.Shown.GroupBy(point => view.GroupOf(point.Cluster)).OrderByDescending(group => group.Key))
        {
            svg.Add($"""<g class="points {ChartMark.Class(group.Key)}" data-group="{group.Key}">""");
            foreach (var point in group)
            {
                var (left, top) = (x.At(point.X), y.At(point.Y));
                svg.Add($"{ChartMark.Draw(group.Key, left, top, 3.6, $"<title>{PageMarkup.Encode(view.NameOf(point.Row))}, cluster {point.Cluster.ToString(CultureInfo.InvariantCulture)}</title>", $" data-x=\"{PageMarkup.Number(left)}\" data-y=\"{PageMarkup.Number(top)}\"")}");
            }

            svg.Add($"</g>");
        }

        Labels(svg, view, x, y);
        svg.Add($"""<circle class="ring" r="9"/></svg>""");
        return svg.ToString();
    }

    // A number that would cover another one moves beside it.
    private static void Labels(PageMarkup svg, ClusterView view, ChartAxis x, ChartAxis y)
    {
        (double X, double Y)[] moves = [(0, 0), (0, -19), (0, 19), (26, 0), (-26, 0), (26, -19), (-26, -19), (26, 19), (-26, 19), (0, -38), (0, 38), (52, 0), (-52, 0)];
        var taken = new List<(double X, double Y)>();
        foreach (var (cluster, centerX, centerY) in view.Centers.Where(center => view.GroupOf(center.Cluster) < ChartMark.Count).OrderBy(center => view.GroupOf(center.Cluster)))
        {
            var (left, top) = (x.At(centerX), y.At(centerY) + 5);
            var move = moves.FirstOrDefault(move => taken.TrueForAll(other => Math.Abs(other.X - left - move.X) > 24 || Math.Abs(other.Y - top - move.Y) > 17));
            taken.Add((left + move.X, top + move.Y));
            svg.Add($"""<text class="label" x="{PageMarkup.Number(left + move.X)}" y="{PageMarkup.Number(top + move.Y)}" text-anchor="middle" font-size="15">{cluster}</text>""");
        }
    }

    /// <summary>Returns the legend, whose buttons show one cluster alone.</summary>
    public static string Legend(ClusterView view)
    {
        var list = new PageMarkup();
        list.Add($"""<ul class="legend" aria-label="Clusters">""");
        foreach (var (cluster, size, group) in view.Largest)
        {
            list.Add($"""<li><button type="button" aria-pressed="false" data-group="{group}">{ChartMark.Sample(group)}cluster {cluster}, {size:N0} points</button></li>""");
        }

        if (view.Sizes.Count > ChartMark.Count)
        {
            list.Add($"""<li><button type="button" aria-pressed="false" data-group="{ChartMark.Count}">{ChartMark.Sample(ChartMark.Count)}{view.Sizes.Count - ChartMark.Count:N0} other clusters</button></li>""");
        }

        return list.Add($"</ul>").ToString();
    }

    // One scale for both directions: distances on the map are comparable.
    private static (ChartAxis X, ChartAxis Y) Axes(ClusterView view, double offset)
    {
        double minX = view.Shown.Min(point => point.X), maxX = view.Shown.Max(point => point.X);
        double minY = view.Shown.Min(point => point.Y), maxY = view.Shown.Max(point => point.Y);
        var (width, height) = (Width - (2 * Margin), Height - (2 * Margin));
        var scale = Math.Min(width / Math.Max(maxX - minX, double.Epsilon), height / Math.Max(maxY - minY, double.Epsilon));
        if (!double.IsFinite(scale) || scale <= 0)
        {
            scale = 1;
        }

        double halfX = width / scale / 2, halfY = height / scale / 2, middleX = (minX + maxX) / 2, middleY = (minY + maxY) / 2;
        return (
            new ChartAxis(middleX - halfX, middleX + halfX, Margin, Width - Margin),
            new ChartAxis(middleY - halfY, middleY + halfY, offset + Height - Margin, offset + Margin));
    }
}
