namespace FaissSdk.Benchmarks;

/// <summary>Everything that is measured with one number of threads, which FAISS takes from OMP_NUM_THREADS when it is loaded.</summary>
internal static class KMeansMeasuring
{
    public static KMeansMeasurement Run(int threads, bool quick, int rounds)
    {
        var measuring = new KMeansRounds(threads, rounds, TimeSpan.FromSeconds(quick ? 2 : 18));
        var sweep = new KMeansRounds(threads, Math.Min(rounds, 3), TimeSpan.FromSeconds(3));

        // Compiles, loads and starts threads.
        measuring.Measure(KMeansWorkload.Uniform(2000, 16, 16));
        var info = FaissLibrary.Info;
        return new KMeansMeasurement
        {
            Threads = threads,
            Faiss = $"FAISS {info.Version} ({info.SimdLevel ?? "unknown SIMD level"}, {info.Blas ?? "unknown BLAS"})",
            Managed = $"{NearestCentroid.Fastest.Name} kernel, .NET {Environment.Version}",
            Peak = PeakRate.Measure(threads),
            Trainings = [.. KMeansWorkload.All(quick).Select(measuring.Measure)],
            Assignments = threads > 1 ? [] : [.. KMeansWorkload.Shapes.Select(shape => AssignmentRounds.Measure(shape.Count / (quick ? 10 : 1), shape.Dimension, shape.Clusters, rounds))],
            OverCount = [.. Counts(quick).Select(count => sweep.Measure(KMeansWorkload.Uniform(count, 64, 256)))],
            OverClusters = [.. ClusterCounts.Select(clusters => sweep.Measure(KMeansWorkload.Uniform(quick ? 2000 : 20_000, 64, clusters)))],
        };
    }

    private static int[] ClusterCounts => [16, 32, 64, 128, 256, 512, 1024];

    private static int[] Counts(bool quick) => quick ? [1000, 2000, 5000, 10_000] : [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
}
