using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>
/// Runs both backends in lockstep: the managed one starts every iteration from the native one's centroids, so that both must
/// compute the same, and every deviation beyond rounding error is recorded.
/// </summary>
/// <param name="native">The native backend.</param>
/// <param name="managed">The managed backend, with sums of the same precision.</param>
/// <param name="accurate">The managed backend with the sums of a training, whose centroids are compared with the means only, or null if these are the same.</param>
/// <param name="dimension">The number of components, d.</param>
/// <param name="clusters">The number of clusters, k.</param>
/// <param name="options">The options of the backends that are run in lockstep.</param>
/// <param name="splitRounds">The number of rounds of k draws after which the native backend splits the largest cluster.</param>
internal sealed partial class Lockstep(IKMeansEngine native, IKMeansEngine managed, IKMeansEngine? accurate, int dimension, int clusters, KMeansOptions options, int splitRounds)
{
    // Enough to recognize a pattern.
    private const int MaxFaults = 100;

    private const int PointsBetweenCancellationChecks = 4096;

    private readonly List<LockstepFault> _faults = [];
    private MeanError _nativeMeans;
    private MeanError _managedMeans;
    private CancellationToken _cancellationToken;

    /// <summary>Runs the iterations.</summary>
    /// <param name="points">The points to train on (m × d).</param>
    /// <param name="start">The initial centroids of the native backend (k × d).</param>
    /// <param name="iterations">The maximum number of iterations.</param>
    /// <param name="rowOf">Returns the number in the file of a point to train on.</param>
    /// <param name="progress">Receives the completed share, from 0 to 1.</param>
    /// <param name="cancellationToken">Checked between the parts of an iteration.</param>
    public LockstepReport Run(ReadOnlySpan<float> points, float[] start, int iterations, Func<int, int> rowOf, Action<double> progress, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        _faults.Clear();
        (_nativeMeans, _managedMeans) = (default, default);
        var startsEqual = CheckStart(start, ManagedStart(points));

        var completed = new List<LockstepIteration>();
        var centroids = start;
        var isStationary = false;
        if (iterations > 0)
        {
            native.Start(points, [], 0, []);
        }

        for (var i = 0; i < iterations && !isStationary; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (iteration, next) = RunIteration(i, points, centroids, rowOf);
            completed.Add(iteration);
            isStationary = next.AsSpan().SequenceEqual(centroids);
            centroids = next;
            progress((i + 1.0) / iterations);
        }

        // The final centroids have not been assigned to yet.
        var last = Assign(points, centroids);
        var (withinRounding, wrong) = CompareLabels(completed.Count, points, centroids, last, rowOf);
        completed.Add(new LockstepIteration { WithinRounding = withinRounding, Wrong = wrong, UpdateHolds = true, ObjectiveError = 0 });
        return new LockstepReport
        {
            Points = points.Length / dimension,
            Centroids = centroids,
            NativeLabels = last.Native,
            ManagedLabels = last.Managed,
            StartsEqual = startsEqual,
            Iterations = completed,
            BecameStationary = isStationary && completed.Count <= iterations,
            NativeMeans = _nativeMeans,
            ManagedMeans = _managedMeans,
            Faults = [.. _faults],
        };
    }

    private (LockstepIteration Iteration, float[] Next) RunIteration(int number, ReadOnlySpan<float> points, float[] centroids, Func<int, int> rowOf)
    {
        var labels = Assign(points, centroids);
        var (withinRounding, wrong) = CompareLabels(number, points, centroids, labels, rowOf);

        var nativeStep = native.Step(points, [], _cancellationToken);
        _cancellationToken.ThrowIfCancellationRequested();
        managed.Start(points, [], 0, centroids);
        var managedStep = managed.Step(points, [], _cancellationToken);
        var nativeUpdate = new Update(nativeStep, native.CopyCentroids(), "native");
        var managedUpdate = new Update(managedStep, managed.CopyCentroids(), "managed");
        var assignment = new Assignment { Iteration = number, Points = points, Centroids = centroids, Labels = labels, AreLabelsEqual = withinRounding + wrong == 0 };
        var hasLongSplit = HasLongSplit(assignment, nativeUpdate);
        var iteration = new LockstepIteration
        {
            WithinRounding = withinRounding,
            Wrong = wrong,
            HasLongSplit = hasLongSplit,
            UpdateHolds = hasLongSplit ? FollowsFromMoreDraws(assignment, nativeUpdate) : CheckUpdate(assignment, nativeUpdate, managedUpdate),
            ObjectiveError = CheckObjectives(assignment, nativeStep.Objective, managedStep.Objective),
        };
        CheckMeans(assignment, nativeUpdate, managedUpdate);
        return (iteration, nativeUpdate.Centroids);
    }

    private float[] ManagedStart(ReadOnlySpan<float> points)
    {
        if (points.Length == clusters * dimension)
        {
            return points.ToArray();
        }

        managed.Start(points, [], 0, []);
        return managed.CopyCentroids();
    }

    private bool CheckStart(float[] start, float[] managedStart)
    {
        var first = FirstDifferent(start, managedStart, options.Spherical ? NormalizationError : 0);
        if (first < 0)
        {
            return true;
        }

        Add(-1, string.Create(CultureInfo.InvariantCulture, $"initial centroid {first / dimension}, component {first % dimension}: native {ComponentOf(start, first)}, managed {ComponentOf(managedStart, first)}"));
        return false;
    }

    private Labels Assign(ReadOnlySpan<float> points, float[] centroids)
    {
        var labels = new Labels(points.Length / dimension);
        native.Assigner.Assign(points, centroids, dimension, options.Spherical, labels.Native, []);
        _cancellationToken.ThrowIfCancellationRequested();
        managed.Assigner.Assign(points, centroids, dimension, options.Spherical, labels.Managed, []);
        _cancellationToken.ThrowIfCancellationRequested();
        return labels;
    }

    private (int WithinRounding, int Wrong) CompareLabels(int iteration, ReadOnlySpan<float> points, float[] centroids, Labels labels, Func<int, int> rowOf)
    {
        int withinRounding = 0, wrong = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            var (a, b) = (labels.Native[i], labels.Managed[i]);
            if (a == b && IsCluster(a))
            {
                continue;
            }

            var point = points.Slice(i * dimension, dimension);
            if (IsCluster(a) && IsCluster(b) && RoundingBound.IsTie(ScoreOf(point, centroids, a), ScoreOf(point, centroids, b)))
            {
                withinRounding++;
            }
            else
            {
                wrong++;
                Add(iteration, $"point {rowOf(i).ToString(CultureInfo.InvariantCulture)}: {Describe("native", point, centroids, a)}, {Describe("managed", point, centroids, b)}: {FindCulprit(point, centroids, a, b)}");
            }
        }

        return (withinRounding, wrong);
    }

    private string Describe(string backend, ReadOnlySpan<float> point, float[] centroids, long label)
    {
        if (!IsCluster(label))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{backend} returns {label}, which is not a cluster");
        }

        var score = ScoreOf(point, centroids, label);
        return string.Create(CultureInfo.InvariantCulture, $"{backend} returns cluster {label} ({(options.Spherical ? "inner product" : "squared distance")} {score.Value:G9} ± {score.Error:0.0e+00})");
    }

    private string FindCulprit(ReadOnlySpan<float> point, float[] centroids, long a, long b)
    {
        if (!IsCluster(a) || !IsCluster(b))
        {
            return IsCluster(a) ? "managed is wrong" : IsCluster(b) ? "native is wrong" : "both are wrong";
        }

        var (left, right) = (ScoreOf(point, centroids, a).Value, ScoreOf(point, centroids, b).Value);
        return (options.Spherical ? left > right : left < right) ? "managed is wrong" : "native is wrong";
    }

    /// <summary>The relative difference that normalizing in two ways, before and after a step, may cause: each sums d squares, takes a root and multiplies.</summary>
    private double NormalizationError => 2 * RoundingBound.Gamma(dimension + 8);

    private bool IsCluster(long label) => label >= 0 && label < clusters;

    private Score ScoreOf(ReadOnlySpan<float> point, float[] centroids, long label)
    {
        var centroid = centroids.AsSpan((int)label * dimension, dimension);
        return RoundingBound.Of(point, centroid, options.Spherical, options.Spherical ? NormalizationError * TensorPrimitives.Norm<float>(centroid) : 0);
    }

    /// <summary>Finds the first component that differs: in any bit if <paramref name="error"/> is 0, otherwise by a larger relative difference.</summary>
    /// <returns>The index, or −1 if there is none.</returns>
    private static int FirstDifferent(float[] left, float[] right, double error)
    {
        for (var j = 0; j < left.Length; j++)
        {
            if (error == 0 ? BitConverter.SingleToInt32Bits(left[j]) != BitConverter.SingleToInt32Bits(right[j]) : !(Math.Abs((double)left[j] - right[j]) <= error * Math.Abs(left[j])))
            {
                return j;
            }
        }

        return -1;
    }

    private static string ComponentOf(float[] centroids, int index) => centroids[index].ToString("G9", CultureInfo.InvariantCulture);

    private void Add(int iteration, string description)
    {
        if (_faults.Count < MaxFaults)
        {
            _faults.Add(new LockstepFault(iteration, description));
        }
    }

    /// <summary>The clusters that each backend assigns the points to, given the same centroids (m).</summary>
    private sealed class Labels(int count)
    {
        public int Count => count;

        public long[] Native { get; } = new long[count];

        public long[] Managed { get; } = new long[count];
    }

    /// <summary>The centroids that an iteration starts from and the points' assignment to them.</summary>
    private readonly ref struct Assignment
    {
        public required int Iteration { get; init; }

        public required ReadOnlySpan<float> Points { get; init; }

        public required float[] Centroids { get; init; }

        public required Labels Labels { get; init; }

        public required bool AreLabelsEqual { get; init; }
    }

    /// <summary>The figures and the new centroids (k × d) of an iteration, and where they come from.</summary>
    private sealed record Update(LloydStep Step, float[] Centroids, string Source);
}
