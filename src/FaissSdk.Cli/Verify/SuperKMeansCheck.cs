using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Compares the objective of FAISS's SuperKMeans, which may miss nearest centroids, with that of FAISS's exact training.</summary>
/// <param name="Check">The comparison; null if there is nothing to compare.</param>
/// <param name="Note">Why the objective is not held to that of the exact training; null if it is.</param>
internal sealed record SuperKMeansCheck(VerifyReport.Check? Check, string? Note)
{
    /// <summary>The objective of SuperKMeans that is still as good, as a multiple of the exact training's.</summary>
    public const double MaxRatio = 1.01;

    /// <summary>Trains by SuperKMeans with the options of the exact training, and compares the objectives over all points.</summary>
    public static SuperKMeansCheck Run(VectorSet points, int clusters, KMeansOptions options, TrainingRun exact, CommandConsole console, CancellationToken cancellationToken)
    {
        if (ReasonAgainst(points, clusters, options) is { } reason)
        {
            return new SuperKMeansCheck(null, "not compared: " + reason);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var run = TrainingRun.Train(console, points, clusters, options with { Backend = KMeansBackend.SuperKMeans, Summation = KMeansSummation.Auto }, cancellationToken);
        var check = Compare(Objective(run, points, cancellationToken), Objective(exact, points, cancellationToken), run.Elapsed / exact.Elapsed);

        // Both refill a cluster that has lost its points at random, so that either may end with the better objective.
        var hasRefilled = run.Iterations.Concat(exact.Iterations).Any(iteration => iteration.Splits > 0);
        return check.Holds || !hasRefilled ? new SuperKMeansCheck(check, null) : new SuperKMeansCheck(null, $"not held: {check.Figures}; empty clusters were refilled, after which either may be better");
    }

    /// <summary>Compares two objectives; two of zero are equal.</summary>
    public static VerifyReport.Check Compare(double objective, double exact, double time)
    {
        var ratio = objective == exact ? 1 : objective / exact;
        return new VerifyReport.Check(
            "superkmeans",
            ratio <= MaxRatio,
            string.Create(CultureInfo.InvariantCulture, $"objective {ratio:0.0000} × native's, at most {MaxRatio} × is as good; it took {time:0.00} × the time"));
    }

    private static string? ReasonAgainst(VectorSet points, int clusters, KMeansOptions options) =>
        !FaissLibrary.IsAvailable ? "needs the native library"
        : !SuperKMeansEngine.IsAvailable ? $"needs FAISS 1.15.0 or later in a library of FaissSdk; {FaissLibrary.Info.Version} is loaded"
        : SuperKMeansOptions.Missing(options) is { } missing ? $"does not serve {missing}"
        : points.Dimension < SuperKMeansEngine.MinDimension ? string.Create(CultureInfo.InvariantCulture, $"needs vectors of {SuperKMeansEngine.MinDimension} components or more")
        : points.Dimension > VectorTransform.MaxDimension ? string.Create(CultureInfo.InvariantCulture, $"rotates vectors by a matrix, and serves at most {VectorTransform.MaxDimension:N0} components")
        : points.Count == clusters ? "as many points as clusters are not trained"
        : null;

    /// <summary>Sums the squared distances of all points to their nearest centroids.</summary>
    private static double Objective(TrainingRun run, VectorSet points, CancellationToken cancellationToken)
    {
        var (labels, distances) = (new long[points.Count], new float[points.Count]);
        PointAssignment.Assign(run.Result, points, labels, distances, cancellationToken);
        return distances.Sum(distance => (double)distance);
    }
}
