using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Lets the managed backend do each iteration from the native backend's centroids, where both must do the same, and says where they do not.</summary>
internal sealed class Lockstep(IKMeansEngine native, IKMeansEngine managed, int dimension, int clusters, KMeansOptions options)
{
    // Enough to see what they have in common.
    private const int FaultsKept = 100;

    private const int PointsBetweenLooks = 4096;

    private readonly List<Fault> _faults = [];
    private CancellationToken _cancellationToken;

    /// <param name="points">The points that are trained on (m × d).</param>
    /// <param name="start">The centroids that the native backend starts from (k × d).</param>
    /// <param name="iterations">The largest number of iterations.</param>
    /// <param name="rowOf">The number in the file of a point that is trained on.</param>
    /// <param name="progress">Told the share done, from 0 to 1.</param>
    /// <param name="cancellationToken">Looked at between the parts of an iteration.</param>
    public LockstepReport Run(ReadOnlySpan<float> points, float[] start, int iterations, Func<int, int> rowOf, Action<double> progress, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        _faults.Clear();
        var startsAlike = CheckStart(start, ManagedStart(points));

        var done = new List<LockstepIteration>();
        var centroids = start;
        var stoodStill = false;
        if (iterations > 0)
        {
            native.Start(points, [], 0, []);
        }

        for (var i = 0; i < iterations && !stoodStill; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var labels = Assign(points, centroids);
            var (excused, wrong) = CompareLabels(i, points, centroids, labels, rowOf);

            var nativeStep = native.Step(points, [], cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            managed.Start(points, [], 0, centroids);
            var managedStep = managed.Step(points, [], cancellationToken);
            var next = native.CopyCentroids();
            done.Add(new LockstepIteration
            {
                Excused = excused,
                Wrong = wrong,
                UpdateHolds = CheckUpdate(i, points, centroids, labels, excused + wrong == 0, nativeStep, next, managedStep, managed.CopyCentroids()),
                ObjectiveError = CheckObjectives(i, points, centroids, labels, nativeStep.Objective, managedStep.Objective),
            });
            stoodStill = next.AsSpan().SequenceEqual(centroids);
            centroids = next;
            progress((i + 1.0) / iterations);
        }

        // The centroids that training ends with, too.
        var last = Assign(points, centroids);
        var (lastExcused, lastWrong) = CompareLabels(done.Count, points, centroids, last, rowOf);
        done.Add(new LockstepIteration { Excused = lastExcused, Wrong = lastWrong, UpdateHolds = true, ObjectiveError = 0 });
        return new LockstepReport
        {
            Points = points.Length / dimension,
            Centroids = centroids,
            NativeLabels = last.Native,
            ManagedLabels = last.Managed,
            StartsAlike = startsAlike,
            Iterations = done,
            StoodStill = stoodStill && done.Count <= iterations,
            Faults = [.. _faults],
        };
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

    private (int Excused, int Wrong) CompareLabels(int iteration, ReadOnlySpan<float> points, float[] centroids, Labels labels, Func<int, int> rowOf)
    {
        int excused = 0, wrong = 0;
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
                excused++;
            }
            else
            {
                wrong++;
                Add(iteration, $"point {rowOf(i).ToString(CultureInfo.InvariantCulture)}: {Describe("native", point, centroids, a)}, {Describe("managed", point, centroids, b)}: {WhoIsWrong(point, centroids, a, b)}");
            }
        }

        return (excused, wrong);
    }

    private string Describe(string backend, ReadOnlySpan<float> point, float[] centroids, long label)
    {
        if (!IsCluster(label))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{backend} says {label}, which is no cluster");
        }

        var score = ScoreOf(point, centroids, label);
        return string.Create(CultureInfo.InvariantCulture, $"{backend} says cluster {label} ({(options.Spherical ? "inner product" : "squared distance")} {score.Value:G9} ± {score.Error:0.0e+00})");
    }

    private string WhoIsWrong(ReadOnlySpan<float> point, float[] centroids, long a, long b)
    {
        if (!IsCluster(a) || !IsCluster(b))
        {
            return IsCluster(a) ? "managed is wrong" : IsCluster(b) ? "native is wrong" : "both are wrong";
        }

        var (left, right) = (ScoreOf(point, centroids, a).Value, ScoreOf(point, centroids, b).Value);
        return (options.Spherical ? left > right : left < right) ? "managed is wrong" : "native is wrong";
    }

    private bool CheckUpdate(int iteration, ReadOnlySpan<float> points, float[] centroids, Labels labels, bool alike, KMeansStep nativeStep, float[] nativeNext, KMeansStep managedStep, float[] managedNext)
    {
        // Where ties were decided differently, native is held to what follows from its own decisions.
        if (!alike)
        {
            if (options.Spherical || !labels.Native.All(IsCluster))
            {
                return true;
            }

            (managedStep, managedNext) = Update(points, labels.Native);
        }

        var error = options.Spherical ? NormalizationError : 0;
        if (FirstDifferent(nativeNext, managedNext, error) is var first and >= 0)
        {
            // Each backend normalizes once more what it starts from: a tie may then be decided otherwise than it was here, and another cluster be split.
            var splits = nativeStep.Splits + managedStep.Splits > 0;
            if (options.Spherical && HasTie(points, centroids, labels.Native, splits ? -1 : first / dimension))
            {
                return true;
            }

            Add(iteration, string.Create(
                CultureInfo.InvariantCulture,
                $"new centroid {first / dimension}, component {first % dimension}: native {ComponentOf(nativeNext, first)}, {(alike ? "managed" : "the mean of native's points")} {ComponentOf(managedNext, first)}"));
            return false;
        }

        if (nativeStep.Splits != managedStep.Splits)
        {
            Add(iteration, string.Create(CultureInfo.InvariantCulture, $"splits of clusters: native {nativeStep.Splits}, expected {managedStep.Splits}"));
            return false;
        }

        if (nativeStep.Imbalance != managedStep.Imbalance)
        {
            Add(iteration, string.Create(CultureInfo.InvariantCulture, $"imbalance: native {nativeStep.Imbalance:R}, expected {managedStep.Imbalance:R}"));
            return false;
        }

        return true;
    }

    private (KMeansStep Step, float[] Centroids) Update(ReadOnlySpan<float> points, long[] labels)
    {
        var centroids = new float[clusters * dimension];
        var sizes = CentroidUpdate.Means(points, [], Array.ConvertAll(labels, label => (int)label), dimension, centroids, options.Threads, _cancellationToken);
        var imbalance = CentroidUpdate.Imbalance(sizes);
        var splits = CentroidUpdate.SplitIntoEmpty(sizes, labels.Length, dimension, centroids);
        if (options.IntegerCentroids)
        {
            TensorPrimitives.Round(centroids, MidpointRounding.AwayFromZero, centroids);
        }

        return (new KMeansStep(0, imbalance, splits), centroids);
    }

    /// <summary>Holds each objective to the sum, in double precision, over its own assignment: off by at most the errors of its terms and of adding them in float32.</summary>
    private double CheckObjectives(int iteration, ReadOnlySpan<float> points, float[] centroids, Labels labels, float nativeObjective, float managedObjective)
    {
        if (!labels.Native.All(IsCluster) || !labels.Managed.All(IsCluster))
        {
            return 0;
        }

        // Spherical: what the step assigned may differ, by a tie, from what was assigned here.
        var ties = options.Spherical ? 3 : 1;
        double sum = 0, magnitudes = 0, error = 0, managedSum = 0, managedMagnitudes = 0, managedError = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            if (i % PointsBetweenLooks == 0)
            {
                _cancellationToken.ThrowIfCancellationRequested();
            }

            var point = points.Slice(i * dimension, dimension);
            var score = ScoreOf(point, centroids, labels.Native[i]);
            (sum, magnitudes, error) = (sum + score.Value, magnitudes + Math.Abs(score.Value) + score.Error, error + (ties * score.Error));
            score = labels.Managed[i] == labels.Native[i] ? score : ScoreOf(point, centroids, labels.Managed[i]);
            (managedSum, managedMagnitudes, managedError) = (managedSum + score.Value, managedMagnitudes + Math.Abs(score.Value) + score.Error, managedError + (ties * score.Error));
        }

        return Math.Max(
            Check("native", nativeObjective, sum, error + RoundingBound.OfSum(labels.Count, magnitudes)),
            Check("managed", managedObjective, managedSum, managedError + RoundingBound.OfSum(labels.Count, managedMagnitudes)));

        double Check(string backend, float objective, double expected, double bound)
        {
            // A NaN is no agreement.
            var difference = float.IsFinite(objective) ? Math.Abs(objective - expected) : double.PositiveInfinity;
            if (difference > bound)
            {
                Add(iteration, string.Create(CultureInfo.InvariantCulture, $"objective: {backend} says {objective:G9}, expected {expected:G9} ± {bound:0.0e+00}"));
            }

            return difference / bound;
        }
    }

    /// <summary>The relative error of normalizing in two ways, before and after a step: each sums d squares, takes a root and multiplies.</summary>
    private double NormalizationError => 2 * RoundingBound.Gamma(dimension + 8);

    private bool IsCluster(long label) => label >= 0 && label < clusters;

    private Score ScoreOf(ReadOnlySpan<float> point, float[] centroids, long label)
    {
        var centroid = centroids.AsSpan((int)label * dimension, dimension);
        return RoundingBound.Of(point, centroid, options.Spherical, options.Spherical ? NormalizationError * TensorPrimitives.Norm<float>(centroid) : 0);
    }

    /// <summary>Whether a point of this cluster might be in another one, or a point of another one in this; of any cluster when it is −1.</summary>
    private bool HasTie(ReadOnlySpan<float> points, float[] centroids, long[] labels, int cluster)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var point = points.Slice(i * dimension, dimension);
            var score = ScoreOf(point, centroids, labels[i]);
            var own = cluster < 0 || labels[i] == cluster;
            for (var other = own ? 0 : cluster; other < (own ? clusters : cluster + 1); other++)
            {
                if (other != labels[i] && RoundingBound.IsTie(score, ScoreOf(point, centroids, other)))
                {
                    return true;
                }
            }
        }

        return false;
    }

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

    private void Add(int iteration, string what)
    {
        if (_faults.Count < FaultsKept)
        {
            _faults.Add(new Fault(iteration, what));
        }
    }

    private sealed class Labels(int count)
    {
        public int Count => count;

        public long[] Native { get; } = new long[count];

        public long[] Managed { get; } = new long[count];
    }
}
