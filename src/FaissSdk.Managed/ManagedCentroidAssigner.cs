namespace FaissSdk;

/// <summary>Assigns points with the managed kernel.</summary>
internal sealed class ManagedCentroidAssigner : ICentroidAssigner
{
    public static readonly ManagedCentroidAssigner Instance = new();

    public void Assign(ReadOnlySpan<float> points, ReadOnlySpan<float> centroids, int dimension, bool spherical, Span<long> labels, Span<float> distances)
    {
        var norms = spherical ? [] : NearestCentroid.SquaredNorms(points, dimension);
        var nearest = new int[labels.Length];
        var scratch = distances.IsEmpty ? new float[labels.Length] : distances;
        NearestCentroid.Find(points, norms, centroids, dimension, spherical, nearest, scratch, CancellationToken.None);
        for (var i = 0; i < nearest.Length; i++)
        {
            labels[i] = nearest[i];
        }
    }
}
