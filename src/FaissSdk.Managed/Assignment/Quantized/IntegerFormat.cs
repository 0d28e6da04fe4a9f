namespace FaissSdk;

/// <summary>How vectors are made words of integers.</summary>
/// <param name="ComponentsOfWord">2 of 16 bits, or 4 of 8 bits, those of points unsigned.</param>
/// <param name="WordsAtOnce">Vectors are padded to a multiple of so many words.</param>
/// <param name="Greatest">The greatest component of a vector, before an offset makes those of points unsigned; of 16-bit components their length is what is bounded.</param>
/// <param name="Offset">That offset.</param>
internal sealed record IntegerFormat(int ComponentsOfWord, int WordsAtOnce, int Greatest, int Offset)
{
    public static readonly IntegerFormat Pairs = new(2, 1, short.MaxValue, 0);

    public static readonly IntegerFormat Quads8 = new(4, 1, 127, 128);

    /// <summary>Four products of at most 127 · 63 do not leave 16 bits.</summary>
    public static readonly IntegerFormat Quads7 = new(4, 2, 63, 64);

    public bool IsBytes => ComponentsOfWord == 4;

    /// <summary>The words of a vector.</summary>
    public int WordsOf(int dimension)
    {
        var components = ComponentsOfWord * WordsAtOnce;
        return (dimension + components - 1) / components * WordsAtOnce;
    }
}
