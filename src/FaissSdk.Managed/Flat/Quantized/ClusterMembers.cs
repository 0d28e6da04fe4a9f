namespace FaissSdk;

/// <summary>Holds the rows of a chunk by their clusters.</summary>
internal sealed class ClusterMembers
{
    private readonly int[] _limits;
    private readonly ushort[] _rows;

    /// <param name="labels">The cluster of each row (n).</param>
    /// <param name="clusters">The number of clusters, k.</param>
    public ClusterMembers(ReadOnlySpan<long> labels, int clusters)
    {
        (_limits, _rows) = (new int[clusters + 1], new ushort[labels.Length]);
        foreach (var label in labels)
        {
            _limits[label + 1]++;
        }

        for (var cluster = 0; cluster < clusters; cluster++)
        {
            _limits[cluster + 1] += _limits[cluster];
        }

        var next = _limits.AsSpan(0, clusters).ToArray();
        for (var row = 0; row < labels.Length; row++)
        {
            _rows[next[labels[row]]++] = (ushort)row;
        }
    }

    /// <summary>Gets the rows of a cluster.</summary>
    public ReadOnlySpan<ushort> this[int cluster] => _rows.AsSpan(_limits[cluster]..(_limits[cluster + 1]));
}
