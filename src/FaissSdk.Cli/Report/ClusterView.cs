using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Represents what a report shows of clusters: sizes, radii, typical members and a map.</summary>
internal sealed record ClusterView
{
    // More marks than this make a page slow, and a map unreadable.
    private const int MaxShown = 2000;
    private const int MaxFitted = 5000;

    private readonly IReadOnlyList<string>? _names;
    private readonly int[] _groups;

    private ClusterView(IReadOnlyList<string>? names, int[] groups) => (_names, _groups) = (names, groups);

    /// <summary>Gets the clusters and their sizes, largest first.</summary>
    public required IReadOnlyList<(int Cluster, int Size)> Sizes { get; init; }

    /// <summary>Gets the mean distance of the points of each cluster from its centroid; NaN for an empty one.</summary>
    public required IReadOnlyList<double> Radii { get; init; }

    /// <summary>Gets the points nearest to the centroid of each cluster.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Nearest { get; init; }

    /// <summary>Gets the points of the map.</summary>
    public required IReadOnlyList<(int Row, int Cluster, double X, double Y)> Shown { get; init; }

    /// <summary>Gets the centroids on the map.</summary>
    public required IReadOnlyList<(int Cluster, double X, double Y)> Centers { get; init; }

    /// <summary>Gets the share of the variance that the map shows.</summary>
    public required double ShownVariance { get; init; }

    /// <summary>Gets the clusters with a shape and color of their own.</summary>
    public IEnumerable<(int Cluster, int Size, int Group)> Largest => Sizes.Take(ChartMark.Count).Select((entry, group) => (entry.Cluster, entry.Size, group));

    /// <summary>Computes the view.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="result">The centroids (k × d).</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="names">The names of the points; null for their numbers.</param>
    public static ClusterView Of(VectorSet points, KMeansResult result, long[] labels, IReadOnlyList<string>? names)
    {
        const int nearest = 3;
        var clusters = result.Clusters;
        var sizes = new int[clusters];
        var radii = new double[clusters];
        var members = new List<(float Distance, int Row)>[clusters];
        for (var i = 0; i < points.Count; i++)
        {
            var cluster = (int)labels[i];
            var distance = TensorPrimitives.Distance(points.Vector(i), result.GetCentroid(cluster));
            sizes[cluster]++;
            radii[cluster] += distance;
            var kept = members[cluster] ??= [];
            if (kept.Count < nearest || distance < kept[^1].Distance)
            {
                kept.Add((distance, i));
                kept.Sort();
                kept.RemoveRange(Math.Min(nearest, kept.Count), Math.Max(0, kept.Count - nearest));
            }
        }

        var ordered = sizes.Select((size, cluster) => (Cluster: cluster, Size: size)).OrderByDescending(entry => entry.Size).ThenBy(entry => entry.Cluster).ToArray();
        var groups = new int[clusters];
        for (var i = 0; i < clusters; i++)
        {
            groups[ordered[i].Cluster] = Math.Min(i, ChartMark.Count);
        }

        var components = PrincipalComponents.Fit(points, Rows(points.Count, MaxFitted), 2);
        return new ClusterView(names, groups)
        {
            Sizes = ordered,
            Radii = [.. radii.Select((sum, cluster) => sum / sizes[cluster])],
            Nearest = [.. members.Select(kept => kept is null ? [] : kept.ConvertAll(entry => entry.Row))],
            Shown = [.. Rows(points.Count, MaxShown).Select(row => (row, (int)labels[row], components.Project(points.Vector(row)) is var at ? at[0] : 0, at[1]))],
            Centers = [.. Enumerable.Range(0, clusters).Where(cluster => sizes[cluster] > 0).Select(cluster => (cluster, components.Project(result.GetCentroid(cluster)) is var at ? at[0] : 0, at[1]))],
            ShownVariance = components.Shares.Sum(),
        };
    }

    /// <summary>Returns the place of a cluster by size, which selects its shape and color; all beyond <see cref="ChartMark.Count"/> share one.</summary>
    public int GroupOf(int cluster) => _groups[cluster];

    public string NameOf(int row) => _names is null ? "point " + row.ToString(CultureInfo.InvariantCulture) : _names[row];

    // Drawn with a fixed seed: the same map in every run.
    private static int[] Rows(int count, int max) => count <= max ? [.. Enumerable.Range(0, count)] : [.. RandomSample.SubsampleRows(count, max, seed: 1234).Order()];
}
