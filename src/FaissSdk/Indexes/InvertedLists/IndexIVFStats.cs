namespace FaissSdk;

/// <summary>What FAISS measured of searches of inverted lists.</summary>
/// <param name="Queries">The number of queries.</param>
/// <param name="Lists">The number of lists that were looked at.</param>
/// <param name="Distances">The number of distances that were computed.</param>
/// <param name="HeapUpdates">How often a nearer neighbor was found.</param>
/// <param name="QuantizationMilliseconds">The time spent to find the lists.</param>
/// <param name="SearchMilliseconds">The time spent in the lists.</param>
public readonly record struct IndexIVFStats(long Queries, long Lists, long Distances, long HeapUpdates, double QuantizationMilliseconds, double SearchMilliseconds);
