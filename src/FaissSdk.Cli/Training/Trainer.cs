using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Trains with one backend, records every iteration and shows the progress.</summary>
internal static class Trainer
{
    public static TrainingRun Train(CommandConsole console, VectorSet points, int clusters, KMeansOptions options, CancellationToken cancellationToken) =>
        Train(console, points, clusters, options, progress => KMeans.Train(points.Values, points.Dimension, clusters, options, progress, cancellationToken));

    /// <summary>Trains with an engine that the caller creates.</summary>
    public static TrainingRun Train(CommandConsole console, VectorSet points, int clusters, KMeansOptions options, Func<int, int, KMeansOptions, IKMeansEngine> createEngine, CancellationToken cancellationToken) =>
        Train(console, points, clusters, options, progress => KMeansDriver.Train(points.Values, points.Dimension, clusters, options, createEngine, progress, cancellationToken));

    private static TrainingRun Train(CommandConsole console, VectorSet points, int clusters, KMeansOptions options, Func<IProgress<KMeansIteration>, KMeansResult> train)
    {
        var iterations = new List<KMeansIteration>();
        var label = string.Create(CultureInfo.InvariantCulture, $"{options.Backend.ToString().ToLowerInvariant()} k-means, {points.Count} × {points.Dimension} into {clusters}");
        var result = console.Track(label, report => train(new ImmediateProgress(iteration =>
        {
            iterations.Add(iteration);
            report((iteration.Redo + ((iteration.Iteration + 1.0) / options.MaxIterations)) / options.Redos);
        })));
        return new TrainingRun(result, iterations, options.Redos);
    }

    // Reports on the calling thread; Progress<T> would post to another thread and report later.
    private sealed class ImmediateProgress(Action<KMeansIteration> report) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => report(value);
    }
}
