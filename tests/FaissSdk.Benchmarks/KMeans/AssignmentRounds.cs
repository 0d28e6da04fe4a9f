namespace FaissSdk.Benchmarks;

/// <summary>Measures the full search for the nearest centroids on one thread.</summary>
internal static class AssignmentRounds
{
    public static AssignmentMeasurement Measure(int count, int dimension, int clusters, int rounds)
    {
        var workload = KMeansWorkload.Uniform(count, dimension, clusters);
        var points = workload.Create();
        var norms = VectorNorms.Squared(points, dimension, 1);
        var panels = new CentroidPanels(clusters, dimension, NearestCentroid.Fastest.PanelWidth);
        panels.Pack(points.AsSpan(0, clusters * dimension), spherical: false);
        var (labels, distances) = (new int[count], new float[count]);

        var (rates, peaks) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            var clock = WorkClock.Start(threads: 1);
            NearestCentroid.Fastest.Find(points, norms, points.AsSpan(0, clusters * dimension), panels, spherical: false, labels, distances, threads: 1, CancellationToken.None);
            rates[round] = workload.Operations / clock.Seconds;
            peaks[round] = PeakRate.Measure(threads: 1, trials: 2);
        }

        return new AssignmentMeasurement(count, dimension, clusters, rates, peaks);
    }
}
