namespace FaissSdk;

/// <summary>Stores vectors of integers in panels, in the layout of the micro-kernels.</summary>
internal sealed unsafe class IntegerPanels
{
    private readonly AlignedBuffer<int> _words;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<int> _offsets;
    private readonly AlignedBuffer<float> _scales;
    private readonly AlignedBuffer<float> _lengths;
    private readonly AlignedBuffer<float> _roundings;

    /// <param name="width">The number of vectors of a panel.</param>
    /// <param name="vectors">The number of vectors, k.</param>
    /// <param name="words">The number of words of a vector.</param>
    public IntegerPanels(int width, int vectors, int words)
    {
        (Width, Words) = (width, words);
        Count = (vectors + Width - 1) / Width;
        _words = new AlignedBuffer<int>((long)Count * Width * words);
        _starts = new AlignedBuffer<float>((long)Count * Width);
        _offsets = new AlignedBuffer<int>((long)Count * Width);
        _scales = new AlignedBuffer<float>((long)Count * Width);
        _lengths = new AlignedBuffer<float>((long)Count * Width);
        _roundings = new AlignedBuffer<float>((long)Count * Width);
    }

    /// <summary>Gets the number of panels.</summary>
    public int Count { get; }

    /// <summary>Gets the number of vectors of a panel.</summary>
    public int Width { get; }

    /// <summary>Gets the number of words of a vector.</summary>
    public int Words { get; }

    public IntegerPanel this[int index] => new()
    {
        Words = _words.Pointer + ((long)index * Width * Words),
        Starts = _starts.Pointer + ((long)index * Width),
        Offsets = _offsets.Pointer + ((long)index * Width),
        Scales = _scales.Pointer + ((long)index * Width),
        Lengths = _lengths.Pointer + ((long)index * Width),
        Roundings = _roundings.Pointer + ((long)index * Width),
    };

    /// <summary>Stores a vector.</summary>
    /// <param name="vector">The number of the vector.</param>
    /// <param name="words">The words of the vector.</param>
    /// <param name="start">The value of <see cref="IntegerPanel.Starts"/>.</param>
    /// <param name="offset">The value of <see cref="IntegerPanel.Offsets"/>.</param>
    /// <param name="scale">The value of <see cref="IntegerPanel.Scales"/>.</param>
    /// <param name="length">The value of <see cref="IntegerPanel.Lengths"/>.</param>
    /// <param name="rounding">The value of <see cref="IntegerPanel.Roundings"/>.</param>
    public void Set(int vector, int* words, float start, int offset = 0, float scale = 1, float length = 0, float rounding = 0)
    {
        (_starts.Pointer[vector], _offsets.Pointer[vector], _scales.Pointer[vector]) = (start, offset, scale);
        (_lengths.Pointer[vector], _roundings.Pointer[vector]) = (length, rounding);
        var word = _words.Pointer + ((long)(vector / Width) * Width * Words) + (vector % Width);
        for (var i = 0; i < Words; i++, word += Width)
        {
            *word = words[i];
        }
    }

    /// <summary>Pads the last panel from a vector on: the padding scores the smallest integer.</summary>
    public void Pad(int from)
    {
        var zero = stackalloc int[Words];
        new Span<int>(zero, Words).Clear();
        for (var vector = from; vector < Count * Width; vector++)
        {
            Set(vector, zero, float.NegativeInfinity);
        }
    }
}
