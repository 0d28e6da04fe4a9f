namespace FaissSdk.Orleans;

/// <summary>Represents vectors in a message: one block of bytes, which costs a copy instead of a call for each component.</summary>
[Immutable]
public sealed class VectorBlock
{
    /// <summary>The largest number of bytes of a block (8 MiB): larger messages would hold up all others on their connection.</summary>
    public const int MaxBytes = 8 << 20;

    /// <summary>Initializes a new instance over vectors, which must not change anymore.</summary>
    /// <param name="values">The vectors, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="values"/> is not a multiple of <paramref name="dimension"/>.</exception>
    public VectorBlock(ReadOnlyMemory<float> values, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (values.Length % dimension != 0)
        {
            throw new ArgumentException($"values has {values.Length} components, which is not a multiple of the dimension {dimension}; pass whole vectors.", nameof(values));
        }

        (Values, Dimension) = (values, dimension);
    }

    /// <summary>Gets the vectors, row-major (n × d).</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of vectors, n.</summary>
    public int Count => Values.Length / Dimension;

    /// <summary>Returns consecutive vectors as a block over the same memory.</summary>
    internal VectorBlock Slice(int start, int count) => new(Values.Slice(start * Dimension, count * Dimension), Dimension);

    /// <summary>Returns the number of vectors of a dimension that fit in a message.</summary>
    internal static int RowsOf(int dimension) => MaxBytes / sizeof(float) / dimension;
}

/// <summary>Represents ids in a message.</summary>
/// <param name="values">The ids.</param>
[Immutable]
internal sealed class IdBlock(ReadOnlyMemory<long> values)
{
    public ReadOnlyMemory<long> Values => values;
}
