namespace FaissSdk;

/// <summary>Represents a binary vector that a search found.</summary>
/// <param name="Id">The id of the vector.</param>
/// <param name="Distance">The Hamming distance to the query: the number of bits that differ.</param>
public readonly record struct BinaryNeighbor(long Id, int Distance);
