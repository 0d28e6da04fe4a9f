namespace FaissSdk.Tests.KMeansTests;

/// <summary>Assigns changed vectors instead of the given ones.</summary>
/// <param name="assigner">The assigner that is called.</param>
/// <param name="change">The function that changes the points or the centroids, given their number of components.</param>
/// <param name="changeLabel">The function that changes a label, given the number of centroids.</param>
/// <param name="points">Whether the points are changed as well.</param>
internal sealed class FaultyAssigner(ICentroidAssigner assigner, Func<float[], int, float[]> change, Func<long, int, long> changeLabel, bool points) : ICentroidAssigner
{
    /// <summary>Ignores the last centroid.</summary>
    public static ICentroidAssigner WithoutLastCentroid(ICentroidAssigner assigner) =>
        new FaultyAssigner(assigner, (centroids, d) => centroids.Length > d ? centroids[..^d] : centroids, (label, _) => label, false);

    /// <summary>Reverses the order of the centroids, and so that of ties.</summary>
    public static ICentroidAssigner FromTheLast(ICentroidAssigner assigner) =>
        new FaultyAssigner(assigner, (centroids, d) => [.. centroids.Chunk(d).Reverse().SelectMany(c => c)], (label, clusters) => clusters - 1 - label, false);

    /// <summary>Ignores the last component.</summary>
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
