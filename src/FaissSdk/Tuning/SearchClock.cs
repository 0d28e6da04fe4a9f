using System.Diagnostics;

namespace FaissSdk;

/// <summary>Measures the time of searches.</summary>
internal sealed class SearchClock(FaissIndex index, int count, int k, ExplorationOptions options)
{
    private const int MaxStretch = 10;

    private readonly float[] _distances = new float[count * k];
    private readonly long[] _ids = new long[count * k];

    /// <summary>Gets the ids that the last search found.</summary>
    public ReadOnlySpan<long> Ids => _ids;

    /// <summary>Searches repeatedly, and returns the shortest time of a query, in µs.</summary>
    public double Measure(ReadOnlySpan<float> queries, CancellationToken cancellationToken)
    {
        var best = TimeSpan.MaxValue;
        var total = TimeSpan.Zero;
        for (var repetitions = 0; total < options.MinDuration || (repetitions < options.MinRepetitions && total < MaxStretch * options.MinDuration); repetitions++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            Search(queries, cancellationToken);
            var time = Stopwatch.GetElapsedTime(start);
            total += time;
            best = time < best ? time : best;
        }

        return best.TotalMicroseconds / count;
    }

    private void Search(ReadOnlySpan<float> queries, CancellationToken cancellationToken)
    {
        var (d, block) = (index.Dimension, options.QueriesPerCall ?? count);
        for (var start = 0; start < count; start += block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = Math.Min(block, count - start);

            // A search that can be canceled is cut into blocks, which takes longer.
            index.Search(queries.Slice(start * d, length * d), k, _distances.AsSpan(start * k, length * k), _ids.AsSpan(start * k, length * k), CancellationToken.None);
        }
    }
}
