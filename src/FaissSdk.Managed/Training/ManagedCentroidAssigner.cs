namespace FaissSdk;

/// <summary>Assigns points with the managed kernels.</summary>
/// <param name="packed">The centroids of all calls, or null to pack those of each call.</param>
internal sealed unsafe class ManagedCentroidAssigner(CentroidPanels? packed = null) : ICentroidAssigner
{
    public static readonly ManagedCentroidAssigner Instance = new();

    public ICentroidAssigner Prepare(ReadOnlySpan<float> centroids, int dimension, bool spherical) => new ManagedCentroidAssigner(Pack(centroids, dimension, spherical));

    public void Assign(ReadOnlySpan<float> points, ReadOnlySpan<float> centroids, int dimension, bool spherical, Span<long> labels, Span<float> distances)
    {
        var norms = spherical ? [] : VectorNorms.Squared(points, dimension, Environment.ProcessorCount);
        var quantized = QuantizedCentroids.CreateIfWorthwhile(labels.Length, centroids.Length / dimension, dimension);
        var panels = new CentroidPanels(packed ?? Pack(centroids, dimension, spherical), quantized, new SparsePoints(always: false));
        quantized?.Pack(centroids, panels.Starts, Environment.ProcessorCount);
        var nearest = new int[labels.Length];
        var scratch = distances.IsEmpty ? new float[labels.Length] : distances;
        NearestCentroid.Fastest.Find(points, norms, centroids, panels, spherical, nearest, scratch, Environment.ProcessorCount, CancellationToken.None);
        for (var i = 0; i < nearest.Length; i++)
        {
            labels[i] = nearest[i];
        }
    }

    private static CentroidPanels Pack(ReadOnlySpan<float> centroids, int dimension, bool spherical)
    {
        var panels = new CentroidPanels(centroids.Length / dimension, dimension, NearestCentroid.Fastest.PanelWidth);
        panels.Pack(centroids, spherical, Environment.ProcessorCount);
        return panels;
    }
}
