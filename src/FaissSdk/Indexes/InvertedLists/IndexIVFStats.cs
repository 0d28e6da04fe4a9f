namespace FaissSdk;

/// <summary>Represents the statistics of searches of inverted lists (FAISS: <c>IndexIVFStats</c>).</summary>
/// <param name="Queries">The number of queries.</param>
/// <param name="Lists">The number of lists visited.</param>
/// <param name="Distances">The number of distances computed.</param>
/// <param name="HeapUpdates">The number of times a nearer neighbor replaced another.</param>
/// <param name="QuantizationMilliseconds">The time spent finding the lists.</param>
/// <param name="SearchMilliseconds">The time spent in the lists.</param>
public readonly record struct IndexIVFStats(long Queries, long Lists, long Distances, long HeapUpdates, double QuantizationMilliseconds, double SearchMilliseconds);
