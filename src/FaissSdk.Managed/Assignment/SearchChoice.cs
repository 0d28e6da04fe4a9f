namespace FaissSdk;

/// <summary>What a training may do to find nearest centroids, and what it did: for benchmarks that are to be decided, and for tests.</summary>
/// <param name="fixed">The way of all searches where it can be had at all; null when what takes less time is taken.</param>
internal sealed class SearchChoice(SearchWay? @fixed = null)
{
    private readonly long[] _points = new long[4];

    public SearchWay? Fixed => @fixed;

    /// <summary>Points that took each way.</summary>
    public IReadOnlyList<long> Points => _points;

    public void Count(SearchWay way, int points) => Interlocked.Add(ref _points[(int)way], points);

    /// <summary>The ways taken, the most frequent first, with their share of the points.</summary>
    public override string ToString() =>
        string.Join(", ", Enum.GetValues<SearchWay>().Where(way => _points[(int)way] > 0).OrderByDescending(way => _points[(int)way])
            .Select(way => FormattableString.Invariant($"{way} {100.0 * _points[(int)way] / _points.Sum():0} %")));
}
