namespace FaissSdk.Benchmarks;

/// <summary>Measures everything with one number of threads, which FAISS reads from OMP_NUM_THREADS when it is loaded.</summary>
internal static class KMeansMeasuring
{
    public static KMeansMeasurement Run(KMeansSettings settings)
    {
        var (threads, quick) = (settings.Threads, settings.Quick);
        var measuring = new KMeansRounds(threads, settings.Rounds, TimeSpan.FromSeconds(quick ? 2 : 18), settings.Search);

        // Warms up: compiles methods, loads FAISS and starts threads.
        measuring.Measure(KMeansWorkload.Uniform(2000, 16, 16));
        var info = FaissLibrary.Info;
        var measurement = new KMeansMeasurement
        {
            Threads = threads,
            Faiss = $"FAISS {info.Version} ({info.SimdLevel ?? "unknown SIMD level"}, {info.Blas ?? "unknown BLAS"})",
            Managed = $"{NearestCentroid.Fastest.Name} kernel, .NET {Environment.Version}",
            Peak = PeakRate.Measure(threads),
            Trainings = [.. Trainings(settings, measuring)],
        };
        if (!settings.Alone && threads == 1)
        {
            measurement = measurement with { Assignments = [.. Assignments(settings)] };
        }

        if (!settings.Alone && settings.Rows is null)
        {
            var sweep = new KMeansRounds(threads, rounds: 3, budget: default, settings.Search);
            measurement = measurement with
            {
                OverCount = [.. Counts(quick).Select(count => sweep.Measure(KMeansWorkload.Uniform(count, 64, 256)))],
                OverClusters = [.. ClusterCounts.Select(clusters => sweep.Measure(KMeansWorkload.Uniform(quick ? 2000 : 20_000, 64, clusters)))],
            };
        }

        return measurement;
    }

    private static IEnumerable<TrainingMeasurement> Trainings(KMeansSettings settings, KMeansRounds measuring)
    {
        var others = new OtherRounds(settings.Threads, settings.SuperKMeans);
        foreach (var workload in KMeansWorkload.All(settings.Quick, settings.Embeddings).Where(workload => settings.Measures(workload.Label)))
        {
            var training = measuring.Measure(workload);
            yield return workload.IsCompared && !settings.Alone ? training with { Others = others.Measure(workload) } : training;
        }
    }

    private static IEnumerable<AssignmentMeasurement> Assignments(KMeansSettings settings) =>
        from shape in KMeansWorkload.Shapes
        let count = shape.Count / (settings.Quick ? 10 : 1)
        where settings.Measures(FormattableString.Invariant($"assignment, {count}x{shape.Dimension}, k={shape.Clusters}"))
        select AssignmentRounds.Measure(count, shape.Dimension, shape.Clusters, settings.Rounds > 0 ? settings.Rounds : KMeansRounds.UsualRounds);

    private static int[] ClusterCounts => [16, 32, 64, 128, 256, 512, 1024];

    private static int[] Counts(bool quick) => quick ? [1000, 2000, 5000, 10_000] : [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
}
