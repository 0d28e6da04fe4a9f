using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>How far a native and a managed training of the same points with the same options agree.</summary>
internal sealed record BackendComparison
{
    public const double StartTolerance = 1e-4;
    public const double ObjectiveTolerance = 1e-2;

    /// <summary>2⁻²⁴, the unit roundoff of float32.</summary>
    private const double UnitRoundoff = 1.0 / (1 << 24);

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
        var noise = ObjectiveNoise(points, native.Result);
        var pairs = Pair(native.Iterations, managed.Iterations);
        var differences = pairs.Select(pair => RelativeDifference(pair.Native.Objective, pair.Managed.Objective, noise)).ToArray();

        var nativeLabels = native.Result.Assign(points.Values);
        cancellationToken.ThrowIfCancellationRequested();
        var sameCentroids = new long[points.Count];
        ManagedCentroidAssigner.Instance.Assign(points.Values, native.Result.Centroids, points.Dimension, native.Result.Spherical, sameCentroids, []);
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

            if (IsTie(points, i, native.Result, nativeLabels[i], sameCentroids[i]))
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

        return 4 * Math.Sqrt(points.Dimension) * UnitRoundoff * sum * result.PointsUsed / result.PointCount / StartTolerance;
    }

    private static double RelativeDifference(double left, double right, double noise)
    {
        var scale = Math.Max(Math.Max(Math.Abs(left), Math.Abs(right)), noise);
        return left == right ? 0 : Math.Abs(left - right) / scale;
    }

    /// <summary>
    /// Whether rounding in float32 can make either of two centroids a, b the nearest. With u = 2⁻²⁴, n = d + 4 and
    /// γ = n·u / (1 − n·u), a dot product of d terms, in any order, fused or not, is off by at most γ|x||c| (N. J. Higham,
    /// Accuracy and Stability, §3.1), so |x|² + |c|² − 2x·c with its two additions is off by at most e(c) = γ(|x| + |c|)².
    /// One backend found s(a) ≤ s(b) up to e(a) + e(b), the other s(b) ≤ s(a) up to as much: |s(a) − s(b)| ≤ e(a) + e(b).
    /// For inner products e(c) = γ|x||c|. What underflows adds at most the least normal number for each operation.
    /// </summary>
    private static bool IsTie(VectorSet points, int point, KMeansResult result, long left, long right)
    {
        if (left < 0 || left >= result.Clusters || right < 0 || right >= result.Clusters)
        {
            return false;
        }

        var x = points.Values.AsSpan(point * points.Dimension, points.Dimension);
        var a = Score(x, result.Centroid((int)left), result.Spherical);
        var b = Score(x, result.Centroid((int)right), result.Spherical);
        return Math.Abs(a.Value - b.Value) <= a.Error + b.Error;
    }

    private static (double Value, double Error) Score(ReadOnlySpan<float> point, ReadOnlySpan<float> centroid, bool spherical)
    {
        double distance = 0, product = 0, pointNorm = 0, centroidNorm = 0;
        for (var j = 0; j < point.Length; j++)
        {
            double x = point[j], c = centroid[j];
            distance += (x - c) * (x - c);
            product += x * c;
            pointNorm += x * x;
            centroidNorm += c * c;
        }

        var n = point.Length + 4;
        var gamma = n * UnitRoundoff / (1 - (n * UnitRoundoff));
        const double leastNormal = 1.17549435e-38;
        var (x1, c1) = (Math.Sqrt(pointNorm), Math.Sqrt(centroidNorm));
        return spherical
            ? (product, (gamma * x1 * c1) + (n * leastNormal))
            : (distance, (gamma * (x1 + c1) * (x1 + c1)) + (4 * n * leastNormal));
    }

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
