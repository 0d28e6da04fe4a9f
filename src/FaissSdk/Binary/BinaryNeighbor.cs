namespace FaissSdk;

/// <summary>A binary vector that a search has found.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Distance">Its Hamming distance to the query: the number of bits that differ.</param>
public readonly record struct BinaryNeighbor(long Label, int Distance);
