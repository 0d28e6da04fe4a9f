namespace FaissSdk;

/// <summary>Collects the k vectors nearest to a query, and all that are as near as the k-th.</summary>
internal sealed class NearestVectors(int k)
{
    private readonly List<(double Distance, long Id)> _all = [];

    /// <summary>Gets the distance of the k-th vector; infinity if there are fewer.</summary>
    public double Farthest => _all.Count < k ? double.PositiveInfinity : _all[k - 1].Distance;

    public long[] Ids => [.. _all.Select(each => each.Id)];

    public double[] Distances => [.. _all.Select(each => each.Distance)];

    public void Add(long id, double distance) => _all.Add((distance, id));

    /// <summary>Removes the vectors whose ids are not less than <paramref name="first"/>.</summary>
    public void RemoveFrom(long first) => _all.RemoveAll(each => each.Id >= first);

    /// <summary>Sorts the vectors, and drops those that are farther than the k-th.</summary>
    public void Trim()
    {
        _all.Sort();
        var farthest = Farthest;
        _all.RemoveAll(each => each.Distance > farthest);
    }
}
