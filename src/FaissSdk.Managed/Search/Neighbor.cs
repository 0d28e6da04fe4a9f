namespace FaissSdk;

/// <summary>Represents a vector that a search found.</summary>
/// <param name="Id">The id of the vector.</param>
/// <param name="Distance">The distance to the query: squared for <see cref="MetricType.L2"/>; for <see cref="MetricType.InnerProduct"/> the inner product, which is larger for nearer vectors.</param>
public readonly record struct Neighbor(long Id, float Distance);
