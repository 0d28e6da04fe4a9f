namespace FaissSdk;

/// <summary>Fixes the search method of a training, for tests and reproducible benchmarks, and records the methods that it used.</summary>
/// <param name="fixedMethod">The method of all searches that support it, or null to use the fastest one. It has no effect without <see cref="KMeansOptions.Pruning"/>.</param>
internal sealed class SearchTuning(SearchMethod? fixedMethod = null)
{
    private readonly long[] _points = new long[Enum.GetValues<SearchMethod>().Length];

    public SearchMethod? FixedMethod => fixedMethod;

    /// <summary>Returns the method of all searches of a training that support it, or null to use the fastest one.</summary>
    public static SearchMethod? MethodFor(KMeansOptions options, SearchTuning? tuning) => options.Pruning ? tuning?.FixedMethod : SearchMethod.Single;

    public void Record(SearchMethod method, int points) => Interlocked.Add(ref _points[(int)method], points);

    /// <summary>Returns the methods used, the most frequent first, with their shares of the points.</summary>
    public override string ToString() =>
        string.Join(", ", Enum.GetValues<SearchMethod>().Where(method => _points[(int)method] > 0).OrderByDescending(method => _points[(int)method])
            .Select(method => FormattableString.Invariant($"{method} {100.0 * _points[(int)method] / _points.Sum():0} %")));
}

/// <summary>Specifies how a search finds the centroids that may be nearest; the result is the same bit for bit.</summary>
internal enum SearchMethod
{
    /// <summary>All centroids are scored in single precision.</summary>
    Single,

    /// <summary>Integer scores exclude most centroids.</summary>
    Integer,

    /// <summary>Integer scores of the components of highest variance, plus a bound for the remaining ones, exclude most centroids.</summary>
    Projected,

    /// <summary>All centroids are scored in single precision, by the components of the point that are not 0.</summary>
    Sparse,

    /// <summary>Bounds kept from the previous search exclude most centroids.</summary>
    Bounds,
}
