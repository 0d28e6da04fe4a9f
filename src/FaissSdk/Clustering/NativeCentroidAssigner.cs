namespace FaissSdk;

/// <summary>Assigns points with a flat index.</summary>
internal sealed class NativeCentroidAssigner : ICentroidAssigner
{
    public static readonly NativeCentroidAssigner Instance = new();

    public static IndexFlat NewIndex(int dimension, bool spherical) => spherical ? new IndexFlatIP(dimension) : new IndexFlatL2(dimension);

    public void Assign(ReadOnlySpan<float> points, ReadOnlySpan<float> centroids, int dimension, bool spherical, Span<long> labels, Span<float> distances)
    {
        using var index = NewIndex(dimension, spherical);
        index.Add(centroids);
        index.Search(points, 1, distances.IsEmpty ? new float[labels.Length] : distances, labels);
    }
}
