namespace FaissSdk;

/// <summary>Copies vectors out of blocks.</summary>
/// <param name="dimension">The number of components of a vector, d.</param>
internal sealed class BlockCursor<T>(int dimension)
    where T : unmanaged
{
    private long _number;

    /// <summary>Gets or sets the rest of the current block.</summary>
    public ReadOnlyMemory<T> Block { get; set; }

    /// <summary>Sets the next block.</summary>
    /// <exception cref="InvalidDataException">Its length is not a multiple of the dimension.</exception>
    public void Enter(ReadOnlyMemory<T> block)
    {
        if (block.Length % dimension != 0)
        {
            throw new InvalidDataException($"Block {_number} of the source has {block.Length} components, which is not a multiple of the dimension {dimension}.");
        }

        _number++;
        Block = block;
    }

    /// <summary>Copies vectors of the current block, and returns their number.</summary>
    public int Read(Span<float> vectors)
    {
        var length = Math.Min(Block.Length, vectors.Length / dimension * dimension);
        Components.ToSingle(Block.Span[..length], vectors);
        Block = Block[length..];
        return length / dimension;
    }
}
