namespace FaissSdk.Tests.KMeansTests;

/// <summary>An assigner that is given other vectors than it should be.</summary>
/// <param name="assigner">What assigns.</param>
/// <param name="change">Changes the points or the centroids, of so many components.</param>
/// <param name="changeLabel">Makes the label of one found and of the number of centroids.</param>
/// <param name="points">Whether the points are changed too.</param>
internal sealed class FaultyAssigner(ICentroidAssigner assigner, Func<float[], int, float[]> change, Func<long, int, long> changeLabel, bool points) : ICentroidAssigner
{
    /// <summary>The last centroid is never looked at.</summary>
    public static ICentroidAssigner WithoutLastCentroid(ICentroidAssigner assigner) =>
        new FaultyAssigner(assigner, (centroids, d) => centroids.Length > d ? centroids[..^d] : centroids, (label, _) => label, false);

    /// <summary>The order of the centroids is reversed, and so that of ties.</summary>
    public static ICentroidAssigner FromTheLast(ICentroidAssigner assigner) =>
        new FaultyAssigner(assigner, (centroids, d) => [.. centroids.Chunk(d).Reverse().SelectMany(c => c)], (label, clusters) => clusters - 1 - label, false);

    /// <summary>The last component counts for nothing.</summary>
    public static ICentroidAssigner WithoutLastComponent(ICentroidAssigner assigner) =>
        new FaultyAssigner(assigner, (vectors, d) => [.. vectors.Select((value, i) => d > 1 && i % d == d - 1 ? 0 : value)], (label, _) => label, true);

    public void Assign(ReadOnlySpan<float> vectors, ReadOnlySpan<float> centroids, int dimension, bool spherical, Span<long> labels, Span<float> distances)
    {
        assigner.Assign(points ? change(vectors.ToArray(), dimension) : vectors, change(centroids.ToArray(), dimension), dimension, spherical, labels, distances);
        foreach (ref var label in labels)
        {
            label = changeLabel(label, centroids.Length / dimension);
        }
    }
}
