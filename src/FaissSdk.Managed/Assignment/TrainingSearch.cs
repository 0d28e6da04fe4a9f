namespace FaissSdk;

/// <summary>Represents what a training adds to a search; all of it is optional.</summary>
internal readonly ref struct TrainingSearch
{
    /// <summary>Gets the bounds that exclude centroids, begun with the same centroids and panels; they require <see cref="HasLabels"/>.</summary>
    public CentroidBounds? Bounds { get; init; }

    /// <summary>Gets a value indicating whether the labels are those of the previous search.</summary>
    public bool HasLabels { get; init; }

    /// <summary>Gets the sums, cleared, that the points are added to while they are in a cache.</summary>
    public CentroidAccumulator? Accumulator { get; init; }

    /// <summary>Gets the weights of the points in these sums (n), or empty.</summary>
    public ReadOnlySpan<float> Weights { get; init; }

    /// <summary>Gets the record of the methods used.</summary>
    public SearchTuning? Tuning { get; init; }
}
