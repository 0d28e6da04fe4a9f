using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Represents how far a native and a managed training of the same points with the same options agree.</summary>
internal sealed record BackendComparison
{
    public const double StartTolerance = 1e-4;
    public const double ObjectiveTolerance = 1e-2;

    /// <summary>Gets the largest relative difference between the objectives of the first iterations: larger than rounding error if the initial centroids differ.</summary>
    public required double StartDifference { get; init; }

    /// <summary>Gets the largest relative difference between the objectives of any iteration that both have run.</summary>
    public required double MaxObjectiveDifference { get; init; }

    /// <summary>Gets the relative difference between the last objectives of the winning redos.</summary>
    public required double FinalObjectiveDifference { get; init; }

    /// <summary>Gets the number of iterations compared.</summary>
    public required int IterationsCompared { get; init; }

    /// <summary>Gets a value indicating whether both split the same number of clusters in every iteration.</summary>
    public required bool SplitsEqual { get; init; }

    /// <summary>Gets the clusters that native assigns the points to from its own final centroids (n).</summary>
    public required long[] NativeLabels { get; init; }

    /// <summary>Gets the share of the points that have the same cluster in both results, each with its own centroids.</summary>
    public required double ShareEqualOnOwnCentroids { get; init; }

    /// <summary>Gets the share of the points that both backends assign to the same one of the native centroids.</summary>
    public required double ShareEqualOnSameCentroids { get; init; }

    /// <summary>Gets the number of points assigned differently on the same centroids, within rounding error.</summary>
    public required int Ties { get; init; }

    /// <summary>Gets the first point assigned differently on the same centroids, beyond rounding error; −1 if there is none.</summary>
    public required int FirstWrongPoint { get; init; }

    /// <summary>Gets the number of points assigned differently on the same centroids, beyond rounding error.</summary>
    public required int WrongPoints { get; init; }

    /// <summary>Gets the reasons why the backends do not agree; empty if they agree.</summary>
    public IReadOnlyList<string> Objections
    {
        get
        {
            var objections = new List<string>();
            Object(StartDifference, StartTolerance, "first objective");
            Object(MaxObjectiveDifference, ObjectiveTolerance, "objective of an iteration");
            Object(FinalObjectiveDifference, ObjectiveTolerance, "final objective");
            if (WrongPoints > 0)
            {
                objections.Add(string.Create(CultureInfo.InvariantCulture, $"on the same centroids {WrongPoints} points (the first is number {FirstWrongPoint}) are assigned differently by more than rounding error"));
            }

            return objections;

            void Object(double difference, double tolerance, string what)
            {
                // Negated, because NaN must count as a difference.
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
        // Rounding error depends on the values that were trained on: with Center, those without the mean.
        var centered = native.Mean is null ? points : new VectorSet(TrainingPoints.SubtractMean(native.Mean, points.Values), points.Dimension);
        var centroids = native.Mean is null ? native.Result.Centroids : TrainingPoints.SubtractMean(native.Mean, native.Result.Centroids);
        var centroidError = native.Mean is null ? 0 : SubtractionError(native.Result.Centroids, centroids);
        var noise = ObjectiveNoise(centered, native.Result);
        var pairs = Pair(native.Iterations, managed.Iterations);
        var differences = pairs.Select(pair => RelativeDifference(pair.Native.Objective, pair.Managed.Objective, noise)).ToArray();

        var nativeLabels = PointAssignment.Assign(native.Result, points, cancellationToken);
        var sameCentroids = new long[points.Count];
        foreach (var (start, end) in PointAssignment.Blocks(points.Count, points.Dimension, native.Result.Clusters, cancellationToken))
        {
            ManagedCentroidAssigner.Instance.Assign(PointAssignment.Rows(centered, start, end), centroids, points.Dimension, native.Result.Spherical, sameCentroids.AsSpan(start..end), []);
        }

        var managedLabels = PointAssignment.Assign(managed.Result, points, cancellationToken);
        var wrong = new List<int>();
        var ties = 0;
        for (var i = 0; i < points.Count; i++)
        {
            if (nativeLabels[i] == sameCentroids[i])
            {
                continue;
            }

            if (IsTie(centered.Vector(i), centroids, centroidError, native.Result.Spherical, nativeLabels[i], sameCentroids[i]))
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
            MaxObjectiveDifference = differences.Max(),
            FinalObjectiveDifference = RelativeDifference(native.Result.Objective, managed.Result.Objective, noise),
            IterationsCompared = pairs.Count,
            SplitsEqual = pairs.All(pair => pair.Native.Splits == pair.Managed.Splits),
            NativeLabels = nativeLabels,
            ShareEqualOnOwnCentroids = ShareEqual(nativeLabels, managedLabels),
            ShareEqualOnSameCentroids = ShareEqual(nativeLabels, sameCentroids),
            Ties = ties,
            WrongPoints = wrong.Count,
            FirstWrongPoint = wrong.Count == 0 ? -1 : wrong[0],
        };
    }

    public void Write(CommandConsole console, int count)
    {
        foreach (var line in Describe(count))
        {
            console.WriteLine(line);
        }
    }

    /// <summary>Describes the comparison in lines of text; the last one is the verdict.</summary>
    /// <param name="count">The number of points.</param>
    public IEnumerable<string> Describe(int count)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"first objective:          relative difference {StartDifference:0.0e+00} ({(StartDifference <= StartTolerance ? "same initial centroids" : "different initial centroids")})");
        yield return string.Create(CultureInfo.InvariantCulture, $"objective, {IterationsCompared} iterations: relative difference at most {MaxObjectiveDifference:0.0e+00}");
        yield return string.Create(CultureInfo.InvariantCulture, $"final objective:          relative difference {FinalObjectiveDifference:0.0e+00}");
        yield return $"splits:                   {(SplitsEqual ? "equal" : "differ")}";
        yield return string.Create(CultureInfo.InvariantCulture, $"own final centroids:      {ShareEqualOnOwnCentroids:P2} of the points in the same cluster");
        yield return string.Create(CultureInfo.InvariantCulture, $"same (native) centroids:  {ShareEqualOnSameCentroids:P2} of the points in the same cluster");
        yield return string.Create(CultureInfo.InvariantCulture, $"  of {count} points, {Ties} differ within rounding error and {WrongPoints} beyond it");
        if (!Agrees && StartDifference <= StartTolerance && WrongPoints == 0)
        {
            yield return "the initial centroids and every assignment agree; rounding decided ties between centroids differently, which can lead two trainings to different results";
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
    /// Returns the smallest scale for relative differences of objectives. Each term |x|² + |c|² − 2x·c of an objective has a
    /// rounding error of about √d·u·|x|² (dot products of d terms whose errors have random signs, u = 2⁻²⁴); relative to this
    /// scale, that error alone stays below <see cref="StartTolerance"/>.
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

    /// <summary>Bounds the distance of a centroid from the one trained: it was rounded when the mean was added, and again when the mean was subtracted.</summary>
    private static double SubtractionError(ReadOnlySpan<float> centroids, ReadOnlySpan<float> centered) =>
        2 * RoundingBound.UnitRoundoff * (TensorPrimitives.Norm(centroids) + TensorPrimitives.Norm(centered));

    private static double ShareEqual(long[] left, long[] right)
    {
        var equal = 0;
        for (var i = 0; i < left.Length; i++)
        {
            equal += left[i] == right[i] ? 1 : 0;
        }

        return (double)equal / left.Length;
    }
}
