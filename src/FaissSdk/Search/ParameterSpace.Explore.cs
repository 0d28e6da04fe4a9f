using FaissSdk.Native;

namespace FaissSdk;

/// <content>Operating points: the recall that an index reaches, and the time that it takes.</content>
public sealed unsafe partial class ParameterSpace
{
    // A measurement that took this many times as long as that of a better setting is not repeated.
    private const double MaxDelay = 3;

    /// <summary>Returns the parameters of searches that an index has, with values to try, as far as the library shows its parts (FAISS: <c>ParameterSpace::initialize</c>).</summary>
    /// <remarks>
    /// They are <c>nprobe</c>, the powers of two below the number of lists and that number, up to 4,096; <c>efSearch</c>, 8 to 512;
    /// <c>k_factor_rf</c> and <c>k_factor</c>, 1 to 64; <c>ht</c> of polysemous codes, in steps of two; <c>max_codes</c> of lists with a
    /// multi-index as quantizer; and those of a quantizer, as <c>quantizer_…</c>.
    /// </remarks>
    /// <param name="index">The index.</param>
    /// <returns>The parameters, none for an index without any.</returns>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static IReadOnlyList<ParameterRange> RangesOf(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        using var lease = index.Handle.Acquire(index);
        return ParameterValues.RangesOf(NativeParts.Of(lease.Pointer));
    }

    /// <summary>Measures the recall and the time of searches with many settings of the parameters of an index (FAISS: <c>ParameterSpace::explore</c>).</summary>
    /// <remarks>
    /// Recall and time grow with every parameter. So a setting is left out if a measured one is certain to reach at least its recall in at most its
    /// time: its recall is at most that of any setting that is nowhere smaller, and its time at least that of any setting that is nowhere greater.
    /// The least and the greatest setting come first, the others in a random order that the seed determines; which are left out depends on the
    /// times. Settings that are among the best, or nearly, are measured a second time. The time is measured with the calling thread's limit of
    /// threads (<see cref="FaissThreads.Limit"/>). Afterwards the parameters are as before: use <see cref="OperatingPoint.ApplyTo"/> for the one
    /// chosen. Searches of other threads see the settings meanwhile, and disturb the times.
    /// </remarks>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries, row-major (n × d), of which a few hundred or more make the recall reliable.</param>
    /// <param name="truth">The exact neighbors of the queries among the vectors of the index, by its ids.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the progress after each setting; its exceptions end the exploration.</param>
    /// <param name="cancellationToken">The token that cancels the exploration, between two searches.</param>
    /// <returns>The points that were measured.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="queries"/> is 0 or not a multiple of the dimension, <paramref name="truth"/> is that of another number of queries or of fewer neighbors, or an option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The library does not show a parameter of the ranges, so that it could not be restored.</exception>
    /// <exception cref="FaissException">The index has no parameter of this name.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The exploration was canceled.</exception>
    public static OperatingPoints Explore(
        FaissIndex index,
        ReadOnlySpan<float> queries,
        GroundTruth truth,
        ExplorationOptions? options = null,
        IProgress<ExplorationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(truth);
        options ??= new ExplorationOptions();
        var count = VectorShape.CountVectors(queries, index.Dimension, nameof(queries));
        if (count == 0 || count != truth.QueryCount)
        {
            throw new ArgumentException($"queries has {count} vectors, and truth is that of {truth.QueryCount}: use the queries that the ground truth was computed for, at least one.", nameof(queries));
        }

        var k = options.K ?? truth.K;
        ExplorationSettings.Check(options, k, truth.K);
        VectorShape.ResultLength(queries, index.Dimension, k, nameof(queries));
        var settings = new ExplorationSettings(options.Ranges ?? RangesOf(index), options);
        var before = settings.Ranges.Select(range => (range.Name, Value: index.GetParameter(range.Name))).ToArray();
        try
        {
            return MeasureAll(index, queries, truth, k, settings, options, progress, cancellationToken);
        }
        finally
        {
            foreach (var (name, value) in before)
            {
                ParameterValues.Restore(index, name, value);
            }
        }
    }

    private static OperatingPoints MeasureAll(
        FaissIndex index,
        ReadOnlySpan<float> queries,
        GroundTruth truth,
        int k,
        ExplorationSettings settings,
        ExplorationOptions options,
        IProgress<ExplorationProgress>? progress,
        CancellationToken cancellationToken)
    {
        var clock = new SearchClock(index, queries.Length / index.Dimension, k, options);
        var measured = new List<(int[] Setting, OperatingPoint Point)>();
        for (var i = 0; i < settings.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var setting = settings[i];
            OperatingPoint? point = null;
            if (!ExplorationSettings.IsDominated(setting, measured))
            {
                point = new OperatingPoint(settings.TextOf(setting), 0, 0);
                point.ApplyTo(index);
                var time = clock.Measure(queries, cancellationToken);
                point = point with { Recall = Evaluation.Recall(clock.Ids, truth, k, k), MicrosecondsPerQuery = time };
                measured.Add((setting, point));
            }

            progress?.Report(new ExplorationProgress(i + 1, settings.Count, point));
        }

        // Other load on the machine can slow down a single measurement, and hide the setting behind worse ones.
        for (var i = 0; i < measured.Count; i++)
        {
            var (setting, point) = measured[i];
            if (measured.TrueForAll(each => each.Point.Recall < point.Recall || each.Point.MicrosecondsPerQuery > point.MicrosecondsPerQuery / MaxDelay || each.Setting == setting))
            {
                point.ApplyTo(index);
                var time = clock.Measure(queries, cancellationToken);
                measured[i] = (setting, point with { MicrosecondsPerQuery = Math.Min(time, point.MicrosecondsPerQuery) });
            }
        }

        return new OperatingPoints(measured.Select(each => each.Point));
    }
}
