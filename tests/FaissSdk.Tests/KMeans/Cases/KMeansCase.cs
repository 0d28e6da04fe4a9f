using System.Globalization;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Represents one input of a k-means.</summary>
/// <param name="Kind">The property that makes the points awkward, for printing.</param>
/// <param name="Points">The points (n × d).</param>
/// <param name="Dimension">The number of components, d.</param>
/// <param name="Clusters">The number of clusters, k, at most n.</param>
/// <param name="Seed">The seed of the sample and of the initial centroids.</param>
public sealed record KMeansCase(string Kind, float[] Points, int Dimension, int Clusters, int Seed)
{
    private const int Printed = 60;

    public bool Spherical { get; init; }

    public bool IntegerCentroids { get; init; }

    public int MaxPointsPerCentroid { get; init; } = 256;

    public int Iterations { get; init; } = 3;

    /// <summary>Gets the precision of the sums, by default that of FAISS.</summary>
    public KMeansSummation Summation { get; init; } = KMeansSummation.SinglePrecision;

    public int Count => Points.Length / Dimension;

    /// <summary>Gets the number of points in the sample.</summary>
    public int Used => (int)Math.Min(Count, (long)Clusters * MaxPointsPerCentroid);

    /// <summary>Gets a value indicating whether the points become the centroids, without iterations.</summary>
    public bool IsCopied => Used == Clusters;

    internal KMeansOptions Options => new()
    {
        Seed = Seed,
        Spherical = Spherical,
        IntegerCentroids = IntegerCentroids,
        MaxPointsPerCentroid = MaxPointsPerCentroid,
        MaxIterations = Iterations,
        StopWhenConverged = false,
        Summation = Summation,
        MaxDegreeOfParallelism = 2,
    };

    /// <summary>Returns the points that are used (m × d).</summary>
    internal float[] Sample() => Used < Count ? RandomSample.Subsample(Points, Dimension, Used, Seed) : Points;

    /// <summary>Returns the points of the sample that FAISS starts from, as drawn (k × d).</summary>
    internal float[] Start(float[] sample) => RandomSample.InitialCentroids(sample, Dimension, Clusters, Seed, 0);

    /// <summary>Returns the case without options that change centroids after an update.</summary>
    internal KMeansCase Plain() => this with { Spherical = false, IntegerCentroids = false };

    public override string ToString()
    {
        var values = string.Join(", ", Points.Take(Printed).Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
        return $"{Kind}: n {Count}, d {Dimension}, k {Clusters}, seed {Seed}, at most {MaxPointsPerCentroid} per centroid, {Iterations} iterations{(Spherical ? ", spherical" : "")}{(IntegerCentroids ? ", integer" : "")} [{values}{(Points.Length > Printed ? ", …" : "")}]";
    }
}
