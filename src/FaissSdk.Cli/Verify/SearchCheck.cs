using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Compares the exact search of FAISS with the managed one: both find the nearest points of some points.</summary>
internal static class SearchCheck
{
    private const int Queries = 200;
    private const int MaxNeighbors = 10;

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
        var longest = 0.0;
        for (var row = 0; row < points.Count; row++)
        {
            longest = Math.Max(longest, VectorNorms.Precise(points.Values.AsSpan(row * points.Dimension, points.Dimension)));
        }

        // FAISS computes |x|² + |c|² − 2x·c, each term with an error of γ.
        var bound = (17 * ScoreError.Gamma(points.Dimension) * longest) + ScoreError.Underflow(points.Dimension);
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
