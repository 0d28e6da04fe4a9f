using System.Diagnostics;

namespace FaissSdk;

/// <summary>Runs the part of a k-means that both backends share: the sample, the redos, progress, cancellation and the stopping rule.</summary>
internal static class KMeansDriver
{
    public static KMeansResult Train(
        ReadOnlySpan<float> points,
        int dimension,
        int clusters,
        KMeansOptions options,
        Func<int, int, KMeansOptions, IKMeansEngine> createEngine,
        IProgress<KMeansIteration>? progress,
        CancellationToken cancellationToken)
    {
        var count = KMeansInput.Check(points, dimension, clusters, options);
        cancellationToken.ThrowIfCancellationRequested();

        var used = UsedPoints(count, clusters, options);
        using var spinning = ParallelBlocks.KeepThreadsSpinning();
        return Train(TrainingPoints.Take(points, dimension, clusters, used, options), count, dimension, clusters, used, options, createEngine, progress, cancellationToken);
    }

    /// <summary>Returns the number of points that a training uses.</summary>
    public static int UsedPoints(int count, int clusters, KMeansOptions options)
    {
        var used = (int)Math.Min(count, (long)clusters * options.MaxPointsPerCentroid);
        return used != clusters || options.InitialCentroids.IsEmpty
            ? used
            : throw new ArgumentException($"{nameof(options.InitialCentroids)} would not be used: with as many points as clusters ({clusters}) the points become the centroids.", nameof(options));
    }

    /// <summary>Trains on a sample that has been taken already.</summary>
    public static KMeansResult Train(
        TrainingPoints training,
        int count,
        int dimension,
        int clusters,
        int used,
        KMeansOptions options,
        Func<int, int, KMeansOptions, IKMeansEngine> createEngine,
        IProgress<KMeansIteration>? progress,
        CancellationToken cancellationToken)
    {
        using var engine = createEngine(dimension, clusters, options);
        KMeansRedo best;
        if (used == clusters)
        {
            best = new KMeansRedo(training.Points.ToArray(), [new KMeansIteration(0, 0, 0, 1, 0, TimeSpan.Zero)], 0, HasConverged: true);
            progress?.Report(best.Iterations[0]);
        }
        else
        {
            best = TrainRedos(training, dimension, clusters, options, engine, progress, cancellationToken);
        }

        return best.ToResult(dimension, training.Mean, engine.Backend, engine.Assigner, count, used, options);
    }

    private static KMeansRedo TrainRedos(
        TrainingPoints training,
        int dimension,
        int clusters,
        KMeansOptions options,
        IKMeansEngine engine,
        IProgress<KMeansIteration>? progress,
        CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        KMeansRedo? best = null;
        for (var redo = 0; redo < options.Redos; redo++)
        {
            var initialCentroids = ChooseInitialCentroids(redo, training, dimension, clusters, options, cancellationToken);
            engine.Start(training.Points, training.Weights, redo, initialCentroids, training.Norms);
            var iterations = new List<KMeansIteration>(options.MaxIterations < 64 ? options.MaxIterations : 64);
            var (objective, hasConverged) = (float.NaN, false);
            for (var i = 0; i < options.MaxIterations && !(hasConverged && options.StopWhenConverged); i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var step = engine.Step(training.Points, training.Weights, cancellationToken);
                (objective, hasConverged) = (step.Objective, HasConverged(objective, step.Objective, options));
                iterations.Add(step.ToIteration(redo, i, training.ObjectiveScale, clock.Elapsed));
                progress?.Report(iterations[^1]);
            }

            // The objectives of the engine are compared, as those of tiny weights may underflow.
            if (best is null || IsBetter(objective, best.Objective, options.Spherical))
            {
                best = new KMeansRedo(engine.CopyCentroids(), iterations, objective, hasConverged);
            }
        }

        return best!;
    }

    /// <summary>Returns the centroids (k × d) that a redo starts from, or empty for points drawn as FAISS draws them.</summary>
    private static ReadOnlySpan<float> ChooseInitialCentroids(int redo, TrainingPoints training, int dimension, int clusters, KMeansOptions options, CancellationToken cancellationToken) =>
        !training.InitialCentroids.IsEmpty ? training.InitialCentroids
        : options.Initialization == KMeansInitialization.KMeansPlusPlus
            ? KMeansPlusPlus.Choose(training.Points, training.Weights, dimension, clusters, RandomSample.SeedOfRedo(options.Seed, redo), options.Threads, cancellationToken)
        : [];

    /// <summary>Determines whether the objective has changed by no more than the tolerance; the first one is compared with NaN.</summary>
    public static bool HasConverged(float previous, float objective, KMeansOptions options) =>
        objective == previous || (options.RelativeTolerance > 0 && Math.Abs((double)objective - previous) <= options.RelativeTolerance * Math.Abs((double)previous));

    public static bool IsBetter(float objective, float best, bool higherIsBetter) => higherIsBetter ? objective > best : objective < best;
}

/// <summary>Provides one backend's part of a k-means, a start and single Lloyd iterations; <see cref="KMeansDriver"/> does the rest for both backends.</summary>
internal interface IKMeansEngine : IDisposable
{
    KMeansBackend Backend { get; }

    ICentroidAssigner Assigner { get; }

    /// <summary>Starts a redo.</summary>
    /// <param name="points">The points to train on (n × d).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="redo">The number of the redo, which the random start depends on.</param>
    /// <param name="initialCentroids">The centroids to start from (k × d), or empty to draw them as FAISS does.</param>
    /// <param name="pointNorms">The |x|² of the points (n) if the caller has them already, or null.</param>
    void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids, float[]? pointNorms = null);

    /// <summary>Assigns the points (n × d), moves the centroids and refills empty clusters.</summary>
    LloydStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken);

    /// <summary>Returns a copy of the current centroids (k × d).</summary>
    float[] CopyCentroids();
}

/// <summary>Represents the figures of one Lloyd iteration.</summary>
internal readonly record struct LloydStep(float Objective, double Imbalance, int Splits)
{
    /// <summary>Returns these figures as those of an iteration.</summary>
    /// <param name="redo">The number of the redo.</param>
    /// <param name="number">The number of the iteration.</param>
    /// <param name="scale">The factor that converts the objective to one with the given weights.</param>
    /// <param name="elapsed">The time since the beginning of the training.</param>
    public KMeansIteration ToIteration(int redo, int number, double scale, TimeSpan elapsed) => new(redo, number, (float)(Objective * scale), Imbalance, Splits, elapsed);
}
