using System.Globalization;
using Spectre.Console;

namespace FaissSdk.Cli;

/// <summary>Writes the outcome and the iterations of a training.</summary>
internal static class TrainingReport
{
    public static void Write(CommandConsole console, TrainingRun run)
    {
        var result = run.Result;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Name}: objective {result.Objective:G7} after {result.Iterations.Count} iterations{(result.Converged ? ", converged" : "")}, {run.Elapsed.TotalSeconds:0.000} s{WinningRedo(run)}"));
        if (result.PointsUsed < result.PointCount)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  trained on a random sample of {result.PointsUsed} of {result.PointCount} points"));
        }

        if (result.TooFewPoints)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  warning: {result.PointsUsed} points are few for {result.Clusters} clusters; FAISS recommends at least 39 per cluster"));
        }

        WriteIterations(console, run);
    }

    private static string WinningRedo(TrainingRun run) => run.Redos == 1
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; redo {run.WinningRedo + 1} of {run.Redos} won and is shown");

    private static void WriteIterations(CommandConsole console, TrainingRun run)
    {
        var table = new Table()
            .AddColumn(new TableColumn("iteration").RightAligned())
            .AddColumn(new TableColumn("objective").RightAligned())
            .AddColumn(new TableColumn("imbalance").RightAligned())
            .AddColumn(new TableColumn("splits").RightAligned())
            .AddColumn(new TableColumn("since start").RightAligned())
            .AddColumn(new TableColumn("time").RightAligned());
        foreach (var iteration in run.Result.Iterations)
        {
            table.AddRow(CommandConsole.Cells(
                iteration.Iteration.ToString(CultureInfo.InvariantCulture),
                iteration.Objective.ToString("G7", CultureInfo.InvariantCulture),
                iteration.Imbalance.ToString("0.0000", CultureInfo.InvariantCulture),
                iteration.Splits.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{iteration.Elapsed.TotalSeconds:0.000} s"),
                string.Create(CultureInfo.InvariantCulture, $"{run.Duration(iteration).TotalMilliseconds:0.0} ms")));
        }

        console.Write(table);
    }
}
