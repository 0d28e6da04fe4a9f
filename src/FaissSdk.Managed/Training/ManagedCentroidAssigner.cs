namespace FaissSdk;

/// <summary>Assigns points with the managed kernels.</summary>
internal sealed class ManagedCentroidAssigner : ICentroidAssigner
{
    public static readonly ManagedCentroidAssigner Instance = new();

    public void Assign(ReadOnlySpan<float> points, ReadOnlySpan<float> centroids, int dimension, bool spherical, Span<long> labels, Span<float> distances)
    {
        var norms = spherical ? [] : VectorNorms.Squared(points, dimension, Environment.ProcessorCount);
        var clusters = centroids.Length / dimension;
        var panels = new CentroidPanels(clusters, dimension, NearestCentroid.Fastest.PanelWidth, quantized: QuantizedCentroids.CreateIfWorthwhile(labels.Length, clusters, dimension), sparse: new SparsePoints(always: false));
        panels.Pack(centroids, spherical, Environment.ProcessorCount);
        var nearest = new int[labels.Length];
        var scratch = distances.IsEmpty ? new float[labels.Length] : distances;
        NearestCentroid.Fastest.Find(points, norms, centroids, panels, spherical, nearest, scratch, Environment.ProcessorCount, CancellationToken.None);
        for (var i = 0; i < nearest.Length; i++)
        {
            labels[i] = nearest[i];
        }
    }
}
