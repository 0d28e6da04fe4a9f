namespace FaissSdk.Tests.KMeansTests;

/// <summary>Describes the fault of a <see cref="FaultyEngine"/>; by default there is none.</summary>
internal sealed record Fault
{
    public Func<ICentroidAssigner, ICentroidAssigner> Assigner { get; init; } = assigner => assigner;

    public Func<int, int> Seed { get; init; } = seed => seed;

    public Action<long[]> Labels { get; init; } = _ => { };

    public int PointsLeftOut { get; init; }

    public Func<double[], int, int, float[], int> Split { get; init; } = (sizes, count, dimension, centroids) => CentroidUpdate.SplitIntoEmpty(sizes, count, dimension, centroids, CancellationToken.None);

    /// <summary>Gets the change of the centroids, given those before and after the update.</summary>
    public Action<float[], float[]> Move { get; init; } = (_, _) => { };

    public Func<float[], float> Objective { get; init; } = distances => distances.Aggregate(0f, (sum, distance) => sum + distance);

    public bool Normalizes { get; init; } = true;

    public MidpointRounding Rounding { get; init; } = MidpointRounding.AwayFromZero;

    public IKMeansEngine Engine(int dimension, int clusters, KMeansOptions options) => new FaultyEngine(dimension, clusters, options, this);
}
