namespace FaissSdk;

/// <summary>Describes how vectors are packed into words of integers.</summary>
/// <param name="ComponentsPerWord">The number of components of a word: 2 of 16 bits, or 4 of 8 bits, which are unsigned for points.</param>
/// <param name="WordAlignment">The number of words that vectors are padded to a multiple of.</param>
/// <param name="MaxMagnitude">The maximum magnitude of a component, before the offset makes those of points unsigned; for 16-bit components the length of the vector is bounded instead.</param>
/// <param name="Offset">The offset that makes the components of points unsigned.</param>
internal sealed record IntegerFormat(int ComponentsPerWord, int WordAlignment, int MaxMagnitude, int Offset)
{
    public static readonly IntegerFormat Pairs = new(2, 1, short.MaxValue, 0);

    public static readonly IntegerFormat Quads8 = new(4, 1, 127, 128);

    /// <summary>The format for which a sum of four products, each at most 127 · 63, fits into 16 bits.</summary>
    public static readonly IntegerFormat Quads7 = new(4, 2, 63, 64);

    public bool IsBytes => ComponentsPerWord == 4;

    /// <summary>Returns the number of words of a vector.</summary>
    public int WordsOf(int dimension)
    {
        var components = ComponentsPerWord * WordAlignment;
        return (dimension + components - 1) / components * WordAlignment;
    }
}
