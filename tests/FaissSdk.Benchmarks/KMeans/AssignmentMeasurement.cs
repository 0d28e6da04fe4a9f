namespace FaissSdk.Benchmarks;

/// <summary>Represents the rate at which one thread assigns points, and its peak rate of multiply-adds, each measured right after the other.</summary>
internal sealed record AssignmentMeasurement(int Count, int Dimension, int Clusters, double[] Rates, double[] Peaks)
{
    public Estimate Rate => Estimate.Of(Rates);

    public Estimate Share => Estimate.Of(Rates.Zip(Peaks, (rate, peak) => rate / peak));
}
