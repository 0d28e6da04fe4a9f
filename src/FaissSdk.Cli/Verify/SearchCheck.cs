using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Compares the exact search of FAISS with the managed one: both find the nearest points of some points.</summary>
internal static class SearchCheck
{
    private const int Queries = 200;
    private const int MaxNeighbors = 10;

    /// <summary>Returns why there is nothing to compare, or null.</summary>
    public static string? ReasonAgainst(VectorSet points) =>
        !FaissLibrary.IsAvailable ? "needs the native library"
        : points.Dimension > FlatFile.MaxDimension ? string.Create(CultureInfo.InvariantCulture, $"the managed search serves at most {FlatFile.MaxDimension:N0} components")
        : LongestOf(points) is var longest && 4.0 * points.Count * longest * longest > 0.9 * float.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"a point has length {longest:G3}, and squared distances would overflow single precision without --center")
        : null;

    /// <summary>Searches by both, and compares the distances up to rounding. Other points at distances that are equal up to rounding count as ties.</summary>
    public static VerifyReport.Check Run(VectorSet points, int threads, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (queries, k) = (QueriesOf(points), Math.Min(MaxNeighbors, points.Count));
        using var native = new IndexFlatL2(points.Dimension);
        native.Add(points.Values);
        using var managed = new ManagedFlatIndex(points.Dimension) { MaxDegreeOfParallelism = threads };
        managed.Add(points.Values);
        var (expected, found) = (native.Search(queries, k, parameters: null, cancellationToken), managed.Search(queries, k));

        // FAISS computes |x|² + |c|² − 2x·c, each term with an error of γ.
        var longest = LongestOf(points);
        var bound = (17 * ScoreError.Gamma(points.Dimension) * longest * longest) + ScoreError.Underflow(points.Dimension);
        var (ties, wrong) = (0, -1);
        for (var i = 0; i < found.Ids.Length; i++)
        {
            ties += found.Ids[i] != expected.Ids[i] ? 1 : 0;
            if (wrong < 0 && !(Math.Abs(found.Distances[i] - (double)expected.Distances[i]) <= bound))
            {
                wrong = i;
            }
        }

        return new VerifyReport.Check("exact search", wrong < 0, wrong < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{found.Ids.Length:N0} neighbors of {found.QueryCount:N0} points: {ties:N0} differ within rounding error, 0 beyond it")
            : string.Create(CultureInfo.InvariantCulture, $"neighbor {wrong % k} of query {wrong / k} is {expected.Ids[wrong]} at {expected.Distances[wrong]:R} (native), {found.Ids[wrong]} at {found.Distances[wrong]:R} (managed)"));
    }

    private static double LongestOf(VectorSet points)
    {
        var longest = 0.0;
        for (var row = 0; row < points.Count; row++)
        {
            longest = Math.Max(longest, VectorNorms.Precise(points.Values.AsSpan(row * points.Dimension, points.Dimension)));
        }

        return Math.Sqrt(longest);
    }

    private static float[] QueriesOf(VectorSet points)
    {
        var count = Math.Min(Queries, points.Count);
        var queries = new float[count * points.Dimension];
        for (var i = 0; i < count; i++)
        {
            points.Values.AsSpan((int)((long)i * points.Count / count) * points.Dimension, points.Dimension).CopyTo(queries.AsSpan(i * points.Dimension));
        }

        return queries;
    }
}
