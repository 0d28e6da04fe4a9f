namespace FaissSdk;

/// <summary>Represents vectors that are copied to contiguous memory, or converted to floats, in blocks.</summary>
internal interface IVectorRows
{
    /// <summary>Gets the number of vectors, n.</summary>
    int Count { get; }

    /// <summary>Writes vectors to memory.</summary>
    /// <param name="first">The number of the first vector.</param>
    /// <param name="rows">Receives the vectors, row-major; its length gives their number.</param>
    void CopyTo(int first, Span<float> rows);
}
