using System.Globalization;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>One input of a k-means.</summary>
/// <param name="Kind">What is awkward about the points, for printing.</param>
/// <param name="Points">n × d.</param>
/// <param name="Dimension">d.</param>
/// <param name="Clusters">k, at most n.</param>
/// <param name="Seed">The seed of the sample and of the start.</param>
public sealed record KMeansCase(string Kind, float[] Points, int Dimension, int Clusters, int Seed)
{
    private const int Printed = 60;

    public bool Spherical { get; init; }

    public bool IntegerCentroids { get; init; }

    public int MaxPointsPerCentroid { get; init; } = 256;

    public int Iterations { get; init; } = 3;

    public int Count => Points.Length / Dimension;

    /// <summary>The number of points in the sample.</summary>
    public int Used => (int)Math.Min(Count, (long)Clusters * MaxPointsPerCentroid);

    /// <summary>Whether the points are copied as centroids, and nothing is iterated.</summary>
    public bool IsCopied => Used == Clusters;

    internal KMeansOptions Options => new()
    {
        Seed = Seed,
        Spherical = Spherical,
        IntegerCentroids = IntegerCentroids,
        MaxPointsPerCentroid = MaxPointsPerCentroid,
        Iterations = Iterations,
        StopWhenConverged = false,
        MaxDegreeOfParallelism = 2,
    };

    /// <summary>The points that are used (m × d).</summary>
    internal float[] Sample() => Used < Count ? RandomSample.Subsample(Points, Dimension, Used, Seed) : Points;

    /// <summary>The points of the sample (k × d) that FAISS starts from, as they are drawn.</summary>
    internal float[] Start(float[] sample) => RandomSample.InitialCentroids(sample, Dimension, Clusters, Seed, 0);

    /// <summary>The case without what turns centroids after an update.</summary>
    internal KMeansCase Plain() => this with { Spherical = false, IntegerCentroids = false };

    public override string ToString()
    {
        var values = string.Join(", ", Points.Take(Printed).Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
        return $"{Kind}: n {Count}, d {Dimension}, k {Clusters}, seed {Seed}, at most {MaxPointsPerCentroid} per centroid, {Iterations} iterations{(Spherical ? ", spherical" : "")}{(IntegerCentroids ? ", integer" : "")} [{values}{(Points.Length > Printed ? ", …" : "")}]";
    }
}
