namespace FaissSdk;

/// <summary>Finds nearest centroids with one of the two backends.</summary>
internal interface ICentroidAssigner
{
    /// <summary>Returns an assigner to these centroids (k × d), which do not change, for many calls.</summary>
    ICentroidAssigner Prepare(ReadOnlySpan<float> centroids, int dimension, bool spherical) => this;

    /// <summary>Writes the nearest centroid of each point (n) and, unless the span is empty, the squared distance or inner product (n).</summary>
    void Assign(ReadOnlySpan<float> points, ReadOnlySpan<float> centroids, int dimension, bool spherical, Span<long> labels, Span<float> distances);
}
