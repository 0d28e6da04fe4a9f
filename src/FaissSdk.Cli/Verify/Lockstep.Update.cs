using System.Globalization;

namespace FaissSdk.Cli;

// Checks what an iteration derives from an assignment: new centroids, splits, imbalance and objective.
internal sealed partial class Lockstep
{
    private bool CheckUpdate(Assignment assignment, Update native, Update managed) =>
        assignment.AreLabelsEqual ? EqualLabelsGiveEqualBits(assignment, native, managed)
        : IsUpdateUndetermined(assignment) || NativeFollowsFromItsOwnLabels(assignment, native);

    /// <summary>Determines whether the native backend draws more often for a split than the managed one, and then splits other clusters.</summary>
    private bool HasLongSplit(Assignment assignment, Update native)
    {
        var count = assignment.Labels.Count;
        if (splitRounds == CentroidUpdate.MaxRounds || native.Step.Splits == 0 || !assignment.Labels.Native.All(IsCluster) || (!assignment.AreLabelsEqual && IsUpdateUndetermined(assignment)))
        {
            return false;
        }

        var sizes = new double[clusters];
        foreach (var label in assignment.Labels.Native)
        {
            sizes[label]++;
        }

        // Different numbers as centroids show which clusters were split.
        var numbers = Array.ConvertAll(Enumerable.Range(1, clusters).ToArray(), number => (float)number);
        return !Split(CentroidUpdate.MaxRounds).AsSpan().SequenceEqual(Split(splitRounds));

        float[] Split(int rounds)
        {
            var split = (float[])numbers.Clone();
            CentroidUpdate.SplitIntoEmpty((double[])sizes.Clone(), count, 1, split, _cancellationToken, rounds);
            return split;
        }
    }

    /// <summary>The native update is the one that follows from the native labels by as many draws as it makes; the managed update is not.</summary>
    private bool FollowsFromMoreDraws(Assignment assignment, Update native) =>
        AreUpdatesEqual(assignment, native, ComputeUpdate(assignment.Points, assignment.Labels.Native, splitRounds));

    /// <summary>
    /// Both backends add the points of each cluster in the same order, so equal labels give equal sums, means, splits and
    /// imbalance; if spherical, centroids are equal up to <see cref="NormalizationError"/>.
    /// </summary>
    private bool EqualLabelsGiveEqualBits(Assignment assignment, Update native, Update managed) => AreUpdatesEqual(assignment, native, managed);

    /// <summary>If the backends assigned points differently, the native update must still be the one that follows from the native labels.</summary>
    private bool NativeFollowsFromItsOwnLabels(Assignment assignment, Update native) =>
        AreUpdatesEqual(assignment, native, ComputeUpdate(assignment.Points, assignment.Labels.Native, splitRounds));

    /// <summary>
    /// Determines whether the assignment leaves open the native update: if spherical, the step normalizes the
    /// centroids once more and may decide ties differently from the labels seen here, and no update follows from a label that
    /// is not a cluster. The labels have been reported already.
    /// </summary>
    private bool IsUpdateUndetermined(Assignment assignment) => options.Spherical || !assignment.Labels.Native.All(IsCluster);

    private bool AreUpdatesEqual(Assignment assignment, Update native, Update expected)
    {
        var first = FirstDifferent(native.Centroids, expected.Centroids, options.Spherical ? NormalizationError : 0);
        return first < 0
            ? AreSplitsEqual(assignment.Iteration, native.Step, expected.Step) && AreImbalancesEqual(assignment.Iteration, native.Step, expected.Step)
            : CanRenormalizingDecideOtherwise(assignment, native.Step.Splits + expected.Step.Splits > 0 ? -1 : first / dimension)
                || ReportCentroid(assignment.Iteration, native, expected, first);
    }

    /// <summary>
    /// Determines whether a tie explains a different centroid: if spherical, each backend normalizes the initial
    /// centroids of a step once more, so a tie may be decided differently from the labels seen here, and another cluster may be split.
    /// </summary>
    /// <param name="assignment">The assignment.</param>
    /// <param name="cluster">The cluster whose centroid differs; −1 if clusters were split, so that any tie explains it.</param>
    private bool CanRenormalizingDecideOtherwise(Assignment assignment, int cluster) => options.Spherical && HasTie(assignment, cluster);

    private bool ReportCentroid(int iteration, Update native, Update expected, int first)
    {
        Add(iteration, string.Create(
            CultureInfo.InvariantCulture,
            $"new centroid {first / dimension}, component {first % dimension}: native {ComponentOf(native.Centroids, first)}, {expected.Source} {ComponentOf(expected.Centroids, first)}"));
        return false;
    }

    private bool AreSplitsEqual(int iteration, LloydStep native, LloydStep expected)
    {
        if (native.Splits == expected.Splits)
        {
            return true;
        }

        Add(iteration, string.Create(CultureInfo.InvariantCulture, $"splits of clusters: native {native.Splits}, expected {expected.Splits}"));
        return false;
    }

    private bool AreImbalancesEqual(int iteration, LloydStep native, LloydStep expected)
    {
        if (native.Imbalance == expected.Imbalance)
        {
            return true;
        }

        Add(iteration, string.Create(CultureInfo.InvariantCulture, $"imbalance: native {native.Imbalance:R}, expected {expected.Imbalance:R}"));
        return false;
    }

    private Update ComputeUpdate(ReadOnlySpan<float> points, long[] labels, int rounds)
    {
        var centroids = new float[clusters * dimension];
        var isDouble = options.Summation == KMeansSummation.DoublePrecision;
        var sizes = CentroidMeans.Compute(points, Array.ConvertAll(labels, label => (int)label), dimension, centroids, isDouble, options.Threads, _cancellationToken);
        var imbalance = CentroidUpdate.Imbalance(sizes);
        var splits = CentroidUpdate.SplitIntoEmpty(sizes, labels.Length, dimension, centroids, _cancellationToken, rounds);
        new LloydUpdate(dimension, clusters, options).PostProcess(centroids);
        return new Update(new LloydStep(0, imbalance, splits), centroids, "the mean of native's points");
    }

    /// <summary>Determines whether rounding may move a point of a cluster to another one, or a point of another cluster to it.</summary>
    /// <param name="assignment">The assignment.</param>
    /// <param name="cluster">The cluster, or −1 for any.</param>
    private bool HasTie(Assignment assignment, int cluster)
    {
        var labels = assignment.Labels.Native;
        for (var i = 0; i < labels.Length; i++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var point = assignment.Points.Slice(i * dimension, dimension);
            var score = ScoreOf(point, assignment.Centroids, labels[i]);
            var isMember = cluster < 0 || labels[i] == cluster;
            for (var other = isMember ? 0 : cluster; other < (isMember ? clusters : cluster + 1); other++)
            {
                if (other != labels[i] && RoundingBound.IsTie(score, ScoreOf(point, assignment.Centroids, other)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Compares each objective with the sum, in double precision, over the assignment of its own backend. The difference is
    /// at most the errors of the terms and of adding them in float32.
    /// </summary>
    /// <returns>The larger of both differences as a share of its bound.</returns>
    private double CheckObjectives(Assignment assignment, float nativeObjective, float managedObjective)
    {
        var labels = assignment.Labels;
        if (!labels.Native.All(IsCluster) || !labels.Managed.All(IsCluster))
        {
            return 0;
        }

        // If spherical, the step may decide a tie differently from the labels seen here, which adds the errors of both scores.
        var errorsPerTerm = options.Spherical ? 3 : 1;
        ObjectiveSum nativeSum = default, managedSum = default;
        for (var i = 0; i < labels.Count; i++)
        {
            if (i % PointsBetweenCancellationChecks == 0)
            {
                _cancellationToken.ThrowIfCancellationRequested();
            }

            var point = assignment.Points.Slice(i * dimension, dimension);
            var score = ScoreOf(point, assignment.Centroids, labels.Native[i]);
            nativeSum.Add(score, errorsPerTerm);
            managedSum.Add(labels.Managed[i] == labels.Native[i] ? score : ScoreOf(point, assignment.Centroids, labels.Managed[i]), errorsPerTerm);
        }

        return Math.Max(
            CheckObjective(assignment.Iteration, "native", nativeObjective, nativeSum.Value, nativeSum.Bound(labels.Count)),
            CheckObjective(assignment.Iteration, "managed", managedObjective, managedSum.Value, managedSum.Bound(labels.Count)));
    }

    private double CheckObjective(int iteration, string backend, float objective, double expected, double bound)
    {
        // NaN must count as a difference.
        var difference = float.IsFinite(objective) ? Math.Abs(objective - expected) : double.PositiveInfinity;
        if (difference > bound)
        {
            Add(iteration, string.Create(CultureInfo.InvariantCulture, $"objective: {backend} returns {objective:G9}, expected {expected:G9} ± {bound:0.0e+00}"));
        }

        return difference / bound;
    }

    /// <summary>A sum of scores in double precision and the error that float32 may make of it.</summary>
    private struct ObjectiveSum
    {
        private double _magnitudes;
        private double _error;

        public double Value { get; private set; }

        public void Add(Score score, int errors)
        {
            Value += score.Value;
            _magnitudes += Math.Abs(score.Value) + score.Error;
            _error += errors * score.Error;
        }

        public readonly double Bound(int terms) => _error + RoundingBound.OfSum(terms, _magnitudes);
    }
}
