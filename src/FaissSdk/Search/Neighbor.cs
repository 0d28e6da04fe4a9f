namespace FaissSdk;

/// <summary>A vector that a search has found.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Distance">Its distance to the query, squared for <see cref="MetricType.L2"/>, or their inner product, where larger is nearer.</param>
public readonly record struct Neighbor(long Label, float Distance);
