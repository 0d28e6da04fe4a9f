namespace FaissSdk;

/// <summary>A vector that a search has found.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Distance">Its distance, or inner product, to the query.</param>
public readonly record struct Neighbor(long Label, float Distance);
