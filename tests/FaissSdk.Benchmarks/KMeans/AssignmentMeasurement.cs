namespace FaissSdk.Benchmarks;

/// <summary>How fast one thread assigns points, against how fast it can multiply and add, each measured right after the other.</summary>
internal sealed record AssignmentMeasurement(int Count, int Dimension, int Clusters, double[] Rates, double[] Peaks)
{
    public Estimate Rate => Estimate.Of(Rates);

    public Estimate Share => Estimate.Of(Rates.Zip(Peaks, (rate, peak) => rate / peak));
}
