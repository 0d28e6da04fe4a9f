using System.Globalization;
using Spectre.Console;

namespace FaissSdk.Cli;

/// <summary>Represents a finished training with every iteration of every redo.</summary>
internal sealed record TrainingRun(KMeansResult Result, IReadOnlyList<KMeansIteration> Iterations, int Redos)
{
    /// <summary>Gets the mean that was subtracted from the points (d), or null.</summary>
    public float[]? Mean => Result.Mean;

    public string Name => Result.Backend.ToString().ToLowerInvariant();

    public TimeSpan Elapsed => Iterations[^1].Elapsed;

    public int WinningRedo => Result.Iterations[0].Redo;

    /// <summary>Trains with one backend, records every iteration and shows the progress.</summary>
    public static TrainingRun Train(CommandConsole console, VectorSet points, int clusters, KMeansOptions options, CancellationToken cancellationToken) =>
        Train(console, points, clusters, options, progress => KMeans.Train(points.Values, points.Dimension, clusters, options, progress, cancellationToken));

    /// <summary>Trains with an engine that the caller creates.</summary>
    public static TrainingRun Train(CommandConsole console, VectorSet points, int clusters, KMeansOptions options, Func<int, int, KMeansOptions, IKMeansEngine> createEngine, CancellationToken cancellationToken) =>
        Train(console, points, clusters, options, progress => KMeansDriver.Train(points.Values, points.Dimension, clusters, options, createEngine, progress, cancellationToken));

    /// <summary>Gets the time that an iteration of the winning redo took.</summary>
    public TimeSpan Duration(KMeansIteration iteration)
    {
        var position = Iterations.Index().First(entry => entry.Item.Redo == iteration.Redo && entry.Item.Iteration == iteration.Iteration).Index;
        return position == 0 ? iteration.Elapsed : iteration.Elapsed - Iterations[position - 1].Elapsed;
    }

    /// <summary>Writes the outcome and the iterations of the winning redo.</summary>
    public void Write(CommandConsole console)
    {
        var winningRedo = Redos == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"; redo {WinningRedo + 1} of {Redos} won and is shown");
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: objective {Result.Objective:G7} after {Result.Iterations.Count} iterations{(Result.Converged ? ", converged" : "")}, {Elapsed.TotalSeconds:0.000} s{winningRedo}"));
        if (Result.PointsUsed < Result.PointCount)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  trained on a random sample of {Result.PointsUsed} of {Result.PointCount} points"));
        }

        if (Result.TooFewPoints)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  warning: {Result.PointsUsed} points are few for {Result.Clusters} clusters; FAISS recommends at least 39 per cluster"));
        }

        WriteIterations(console);
    }

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

    private void WriteIterations(CommandConsole console)
    {
        var table = new Table()
            .AddColumn(new TableColumn("iteration").RightAligned())
            .AddColumn(new TableColumn("objective").RightAligned())
            .AddColumn(new TableColumn("imbalance").RightAligned())
            .AddColumn(new TableColumn("splits").RightAligned())
            .AddColumn(new TableColumn("since start").RightAligned())
            .AddColumn(new TableColumn("time").RightAligned());
        foreach (var iteration in Result.Iterations)
        {
            table.AddRow(CommandConsole.Cells(
                iteration.Iteration.ToString(CultureInfo.InvariantCulture),
                iteration.Objective.ToString("G7", CultureInfo.InvariantCulture),
                iteration.Imbalance.ToString("0.0000", CultureInfo.InvariantCulture),
                iteration.Splits.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{iteration.Elapsed.TotalSeconds:0.000} s"),
                string.Create(CultureInfo.InvariantCulture, $"{Duration(iteration).TotalMilliseconds:0.0} ms")));
        }

        console.Write(table);
    }

    // Reports on the calling thread; Progress<T> would post to another thread and report later.
    private sealed class ImmediateProgress(Action<KMeansIteration> report) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => report(value);
    }
}
