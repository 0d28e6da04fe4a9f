using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Writes the measurements as Markdown.</summary>
internal static class KMeansTable
{
    public static void Write(TextWriter output, IReadOnlyList<KMeansMeasurement> runs, KMeansSettings settings, string circumstances)
    {
        output.WriteLine("# Managed k-means compared with FAISS");
        output.WriteLine();
        output.WriteLine($"{Machine.Processor}, {Environment.ProcessorCount} processors; {circumstances}.");
        output.WriteLine($"{string.Join(" and ", runs.Select(run => run.Faiss).Distinct())}; {runs[0].Managed}{(settings.Search is null ? "" : $", search method fixed to \"{settings.Search}\"")}.");
        output.WriteLine($"Peak of multiply-adds ({PeakRate.Name}, two operations each): {string.Join(", ", runs.DistinctBy(run => run.Threads).Select(run => $"{Giga(run.Peak)} GFLOP/s at {Threads(run.Threads)}"))}.");
        output.WriteLine($"Embeddings: {(settings.Embeddings is null ? "none; words projected onto the directions in which they vary most stand in for them" : Path.GetFileName(settings.Embeddings))}.");
        output.WriteLine();
        output.WriteLine("Whole trainings in paired rounds, alternately FAISS first and managed first; equal seeds, no sampling, early stop off. Time is that of one iteration:");
        output.WriteLine("processor time of the process with one thread, wall-clock time with two. FAISS may stop by itself when the objective no longer changes; its time is divided by the iterations it ran. Speed-up: median of the rounds' ratios [95 % interval], and half that interval; fastest: the ratio of the fastest rounds.");
        output.WriteLine(FormattableString.Invariant($"Goals: {KMeansGoals.Speedup} × with pruning, {KMeansGoals.SpeedupOfManyComponents} × with many components, {KMeansGoals.SpeedupOfStructure} × on the mixture and on embeddings; without pruning not slower. Allocated: beyond {KMeansGoals.MemoryRule}, as a share of the input."));
        foreach (var run in runs.Where(run => run.Trainings.Length > 0))
        {
            output.WriteLine();
            output.WriteLine($"## {run.Faiss}, {Threads(run.Threads)}");
            output.WriteLine();
            output.WriteLine("| data | n | d | k | pruning | search | rounds | FAISS, ms | of peak | managed, ms | speed-up | ± | fastest | goal | | allocated | goal | |");
            output.WriteLine("|---|---:|---:|---:|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|---:|---|");
            foreach (var training in run.Trainings)
            {
                WriteTraining(output, training, run.Peak);
            }
        }

        WriteOthers(output, runs);
        WriteAssignments(output, [.. runs.SelectMany(run => run.Assignments)]);
        if (runs.Any(run => run.OverCount.Length > 0))
        {
            output.WriteLine();
            output.WriteLine("![Time of an iteration against n and k](kmeans.svg)");
        }
    }

    private static void WriteAssignments(TextWriter output, AssignmentMeasurement[] assignments)
    {
        if (assignments.Length == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("## Assignment, 1 thread");
        output.WriteLine();
        output.WriteLine("| n | d | k | GFLOP/s | of peak | goal | |");
        output.WriteLine("|---:|---:|---:|---:|---:|---:|---|");
        foreach (var assignment in assignments)
        {
            var hasGoal = assignment.Dimension >= KMeansGoals.AssignmentDimension;
            output.WriteLine(Row(
                Number(assignment.Count),
                Number(assignment.Dimension),
                Number(assignment.Clusters),
                Giga(assignment.Rate.Median),
                $"{Percent(assignment.Share.Median)} [{Percent(assignment.Share.Low)}, {Percent(assignment.Share.High)}]",
                hasGoal ? Percent(KMeansGoals.AssignmentShare) : "",
                hasGoal ? Verdict(assignment.Share.Median >= KMeansGoals.AssignmentShare) : ""));
        }
    }

    private static void WriteOthers(TextWriter output, IReadOnlyList<KMeansMeasurement> runs)
    {
        foreach (var run in runs.Where(run => run.Trainings.Any(training => training.Others.Length > 0)))
        {
            output.WriteLine();
            output.WriteLine($"## Other implementations, {Threads(run.Threads)}");
            output.WriteLine();
            output.WriteLine("Equal k and iterations, each from its own random points; ML.NET reads points that it has cached. Objective: the final squared distances to the nearest centroids, summed in double precision, relative to FAISS's.");
            output.WriteLine();
            output.WriteLine("| data | n | d | k | implementation | an iteration, ms | times managed | objective |");
            output.WriteLine("|---|---:|---:|---:|---|---:|---:|---:|");
            foreach (var training in run.Trainings.Where(training => training.Others.Length > 0))
            {
                OtherTraining[] all =
                [
                    new(run.Faiss, training.Faiss, training.FaissIterations, training.FaissObjective!.Value),
                    new("managed", training.Managed, training.Iterations, training.ManagedObjective!.Value),
                    .. training.Others,
                ];
                foreach (var one in all)
                {
                    var seconds = Estimate.Of(one.Seconds).Median;
                    output.WriteLine(Row(
                        training.Name,
                        Number(training.Count),
                        Number(training.Dimension),
                        Number(training.Clusters),
                        one.Name + Stopped(one.Iterations, training.Iterations),
                        Milliseconds(seconds),
                        FormattableString.Invariant($"{seconds / training.ManagedSeconds.Median:0.00}"),
                        FormattableString.Invariant($"{(one.Objective / training.FaissObjective.Value) - 1:+0.00 %;-0.00 %;0.00 %}")));
                }
            }
        }
    }

    private static void WriteTraining(TextWriter output, TrainingMeasurement training, double peak)
    {
        var speedup = training.Speedup;
        var (memory, memoryGoal) = (KMeansGoals.MemoryUsed(training), KMeansGoals.MemoryShare(training));
        output.WriteLine(Row(
            training.Name + (training.FaissIterations == training.Iterations ? "" : $" (FAISS{Stopped(training.FaissIterations, training.Iterations)})"),
            Number(training.Count),
            Number(training.Dimension),
            Number(training.Clusters),
            training.Pruning ? "on" : "off",
            training.Search,
            Number(training.Managed.Length),
            Milliseconds(training.FaissSeconds.Median),
            Percent(KMeansGoals.FaissShare(training, peak)),
            Milliseconds(training.ManagedSeconds.Median),
            FormattableString.Invariant($"{speedup.Median:0.00} [{speedup.Low:0.00}, {speedup.High:0.00}]"),
            FormattableString.Invariant($"{(speedup.High - speedup.Low) / 2 / speedup.Median * 100:0.0} %"),
            FormattableString.Invariant($"{training.SpeedupOfFastest:0.00}"),
            FormattableString.Invariant($"{training.Goal:0.0}"),
            Verdict(speedup.Median >= training.Goal) + (speedup.Median < 1 ? ", slower" : ""),
            Percent(memory),
            Percent(memoryGoal),
            Verdict(memory <= memoryGoal)));
    }

    private static string Stopped(int iterations, int asked) => iterations == asked ? "" : FormattableString.Invariant($" stopped after {iterations} of {asked}");

    private static string Row(params string[] cells) => $"| {string.Join(" | ", cells)} |";

    private static string Verdict(bool met) => met ? "met" : "**NOT met**";

    private static string Threads(int threads) => threads == 1 ? "1 thread" : FormattableString.Invariant($"{threads} threads");

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Giga(double rate) => (rate / 1e9).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + " %";

    private static string Milliseconds(double seconds) => (seconds * 1e3).ToString(seconds < 0.01 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
