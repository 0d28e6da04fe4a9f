using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Trains with one backend, showing the iterations as they come.</summary>
internal static class Trainer
{
    public static TrainingRun Train(CommandConsole console, VectorSet points, int clusters, KMeansOptions options, CancellationToken cancellationToken)
    {
        var iterations = new List<KMeansIteration>();
        var label = string.Create(CultureInfo.InvariantCulture, $"{options.Backend.ToString().ToLowerInvariant()} k-means, {points.Count} × {points.Dimension} into {clusters}");
        var result = console.Track(label, report =>
        {
            var progress = new ImmediateProgress(iteration =>
            {
                iterations.Add(iteration);
                report((iteration.Redo + ((iteration.Iteration + 1.0) / options.Iterations)) / options.Redos);
            });
            return KMeans.Train(points.Values, points.Dimension, clusters, options, progress, cancellationToken);
        });
        return new TrainingRun(result, iterations, options.Redos);
    }

    // Progress<T> would report on another thread, later.
    private sealed class ImmediateProgress(Action<KMeansIteration> report) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => report(value);
    }
}
