using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>How far a native and a managed training of the same points with the same options agree.</summary>
internal sealed record BackendComparison
{
    public const double StartTolerance = 1e-4;
    public const double ObjectiveTolerance = 1e-2;

    /// <summary>The largest relative difference of the objectives of the first iterations: larger than rounding when the starts differ.</summary>
    public required double StartDifference { get; init; }

    /// <summary>The largest relative difference of the objective in any iteration that both have done.</summary>
    public required double LargestObjectiveDifference { get; init; }

    /// <summary>The relative difference of the objectives of the last iterations of the winning redos.</summary>
    public required double FinalObjectiveDifference { get; init; }

    /// <summary>The number of iterations compared.</summary>
    public required int IterationsCompared { get; init; }

    /// <summary>Whether every iteration split as many clusters.</summary>
    public required bool SplitsEqual { get; init; }

    /// <summary>The share of the points that get the same cluster from each backend's own centroids.</summary>
    public required double ShareAssignedAlike { get; init; }

    /// <summary>The share of the points that both backends assign alike to the native centroids.</summary>
    public required double ShareAssignedAlikeOnSameCentroids { get; init; }

    /// <summary>The number of points assigned differently to the same centroids by less than rounding explains.</summary>
    public required int Ties { get; init; }

    /// <summary>The first point assigned differently to the same centroids by more than rounding explains; −1 when there is none.</summary>
    public required int FirstWrongPoint { get; init; }

    public required int WrongPoints { get; init; }

    /// <summary>What speaks against agreement; empty when the backends agree.</summary>
    public IReadOnlyList<string> Objections
    {
        get
        {
            var objections = new List<string>();
            Object(StartDifference, StartTolerance, "first objective");
            Object(LargestObjectiveDifference, ObjectiveTolerance, "objective of an iteration");
            Object(FinalObjectiveDifference, ObjectiveTolerance, "final objective");
            if (WrongPoints > 0)
            {
                objections.Add(string.Create(CultureInfo.InvariantCulture, $"on the same centroids {WrongPoints} points (the first is number {FirstWrongPoint}) are assigned differently by more than rounding"));
            }

            return objections;

            void Object(double difference, double tolerance, string what)
            {
                // A NaN is no agreement.
                if (!(difference <= tolerance))
                {
                    objections.Add(string.Create(CultureInfo.InvariantCulture, $"the {what} differs by {difference:0.0e+00}, more than {tolerance:0e+00}"));
                }
            }
        }
    }

    public bool Agrees => Objections.Count == 0;

    public static BackendComparison Compare(VectorSet points, TrainingRun native, TrainingRun managed, CancellationToken cancellationToken = default)
    {
        // Precision is that of the training: without the mean, where it was subtracted.
        var centred = native.Mean is null ? points : new VectorSet(TrainingPoints.Without(native.Mean, points.Values), points.Dimension);
        var centroids = native.Mean is null ? native.Result.Centroids : TrainingPoints.Without(native.Mean, native.Result.Centroids);
        var centroidError = native.Mean is null ? 0 : SubtractionError(native.Result.Centroids, centroids);
        var noise = ObjectiveNoise(centred, native.Result);
        var pairs = Pair(native.Iterations, managed.Iterations);
        var differences = pairs.Select(pair => RelativeDifference(pair.Native.Objective, pair.Managed.Objective, noise)).ToArray();

        var nativeLabels = native.Result.Assign(points.Values);
        cancellationToken.ThrowIfCancellationRequested();
        var sameCentroids = new long[points.Count];
        ManagedCentroidAssigner.Instance.Assign(centred.Values, centroids, points.Dimension, native.Result.Spherical, sameCentroids, []);
        cancellationToken.ThrowIfCancellationRequested();
        var managedLabels = managed.Result.Assign(points.Values);
        var wrong = new List<int>();
        var ties = 0;
        for (var i = 0; i < points.Count; i++)
        {
            if (nativeLabels[i] == sameCentroids[i])
            {
                continue;
            }

            if (IsTie(centred.Vector(i), centroids, centroidError, native.Result.Spherical, nativeLabels[i], sameCentroids[i]))
            {
                ties++;
            }
            else
            {
                wrong.Add(i);
            }
        }

        return new BackendComparison
        {
            StartDifference = differences.Index().Where(entry => pairs[entry.Index].Native.Iteration == 0).Max(entry => entry.Item),
            LargestObjectiveDifference = differences.Max(),
            FinalObjectiveDifference = RelativeDifference(native.Result.Objective, managed.Result.Objective, noise),
            IterationsCompared = pairs.Count,
            SplitsEqual = pairs.All(pair => pair.Native.Splits == pair.Managed.Splits),
            ShareAssignedAlike = ShareAlike(nativeLabels, managedLabels),
            ShareAssignedAlikeOnSameCentroids = ShareAlike(nativeLabels, sameCentroids),
            Ties = ties,
            WrongPoints = wrong.Count,
            FirstWrongPoint = wrong.Count == 0 ? -1 : wrong[0],
        };
    }

    /// <summary>The lines a person reads, the verdict last.</summary>
    public IEnumerable<string> Describe(int count)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"first objective:          relative difference {StartDifference:0.0e+00} ({(StartDifference <= StartTolerance ? "same initial centroids" : "other initial centroids")})");
        yield return string.Create(CultureInfo.InvariantCulture, $"objective, {IterationsCompared} iterations: largest relative difference {LargestObjectiveDifference:0.0e+00}");
        yield return string.Create(CultureInfo.InvariantCulture, $"final objective:          relative difference {FinalObjectiveDifference:0.0e+00}");
        yield return $"splits:                   {(SplitsEqual ? "equal" : "differ")}";
        yield return string.Create(CultureInfo.InvariantCulture, $"own final centroids:      {ShareAssignedAlike:P2} of the points assigned alike");
        yield return string.Create(CultureInfo.InvariantCulture, $"same (native) centroids:  {ShareAssignedAlikeOnSameCentroids:P2} of the points assigned alike");
        yield return string.Create(CultureInfo.InvariantCulture, $"  of {count} points {Ties} differ within rounding, {WrongPoints} beyond");
        if (!Agrees && StartDifference <= StartTolerance && WrongPoints == 0)
        {
            yield return "the start and every assignment agree: points as near to two centroids, decided differently, can lead a training elsewhere";
        }

        yield return Agrees ? "verdict: the backends agree" : "verdict: the backends DISAGREE: " + string.Join("; ", Objections);
    }

    private static List<(KMeansIteration Native, KMeansIteration Managed)> Pair(IReadOnlyList<KMeansIteration> native, IReadOnlyList<KMeansIteration> managed)
    {
        var others = managed.ToDictionary(iteration => (iteration.Redo, iteration.Iteration));
        return [.. native
            .Where(iteration => others.ContainsKey((iteration.Redo, iteration.Iteration)))
            .Select(iteration => (iteration, others[(iteration.Redo, iteration.Iteration)]))];
    }

    /// <summary>
    /// Below this an objective is made of rounding: its terms |x|² + |c|² − 2x·c are each off by about √d·u·|x|² (dot products
    /// of d terms with random signs of error, u = 2⁻²⁴), and a start must be told apart to <see cref="StartTolerance"/>.
    /// </summary>
    private static double ObjectiveNoise(VectorSet points, KMeansResult result)
    {
        var sum = 0.0;
        for (var i = 0; i < points.Count; i++)
        {
            ReadOnlySpan<float> x = points.Values.AsSpan(i * points.Dimension, points.Dimension);
            sum += result.Spherical ? TensorPrimitives.Norm(x) : TensorPrimitives.SumOfSquares(x);
        }

        return 4 * Math.Sqrt(points.Dimension) * RoundingBound.UnitRoundoff * sum * result.PointsUsed / result.PointCount / StartTolerance;
    }

    private static double RelativeDifference(double left, double right, double noise)
    {
        var scale = Math.Max(Math.Max(Math.Abs(left), Math.Abs(right)), noise);
        return left == right ? 0 : Math.Abs(left - right) / scale;
    }

    private static bool IsTie(ReadOnlySpan<float> point, ReadOnlySpan<float> centroids, double centroidError, bool spherical, long left, long right)
    {
        var clusters = centroids.Length / point.Length;
        return left >= 0 && left < clusters && right >= 0 && right < clusters
            && RoundingBound.IsTie(
                RoundingBound.Of(point, centroids.Slice((int)left * point.Length, point.Length), spherical, centroidError),
                RoundingBound.Of(point, centroids.Slice((int)right * point.Length, point.Length), spherical, centroidError));
    }

    /// <summary>How far a centroid can be from the one of the training: it was rounded when the mean was added, and again when it was subtracted.</summary>
    private static double SubtractionError(ReadOnlySpan<float> centroids, ReadOnlySpan<float> centred) =>
        2 * RoundingBound.UnitRoundoff * (TensorPrimitives.Norm(centroids) + TensorPrimitives.Norm(centred));

    private static double ShareAlike(long[] left, long[] right)
    {
        var alike = 0;
        for (var i = 0; i < left.Length; i++)
        {
            alike += left[i] == right[i] ? 1 : 0;
        }

        return (double)alike / left.Length;
    }
}
