namespace FaissSdk;

/// <summary>Vectors of integers in panels, as micro-kernels want them.</summary>
internal sealed unsafe class IntegerPanels
{
    private readonly AlignedBuffer<int> _words;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<int> _offsets;
    private readonly AlignedBuffer<float> _scales;
    private readonly AlignedBuffer<float> _lengths;
    private readonly AlignedBuffer<float> _roundings;

    /// <param name="kernel">What will score them.</param>
    /// <param name="vectors">k.</param>
    /// <param name="words">The words of a vector.</param>
    public IntegerPanels(IntegerKernel kernel, int vectors, int words)
    {
        (Width, Words) = (kernel.PanelWidth, words);
        Count = (vectors + Width - 1) / Width;
        _words = new AlignedBuffer<int>((long)Count * Width * words);
        _starts = new AlignedBuffer<float>((long)Count * Width);
        _offsets = new AlignedBuffer<int>((long)Count * Width);
        _scales = new AlignedBuffer<float>((long)Count * Width);
        _lengths = new AlignedBuffer<float>((long)Count * Width);
        _roundings = new AlignedBuffer<float>((long)Count * Width);
    }

    /// <summary>The number of panels.</summary>
    public int Count { get; }

    /// <summary>The vectors of a panel.</summary>
    public int Width { get; }

    /// <summary>The words of a vector.</summary>
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

    /// <summary>Puts a vector in its place.</summary>
    /// <param name="vector">Its number.</param>
    /// <param name="words">Its integers.</param>
    /// <param name="start">What is added to its scores, times what is the point's own.</param>
    /// <param name="offset">What its sums of products start from.</param>
    /// <param name="scale">What these are multiplied by.</param>
    /// <param name="length">The length of its integers, where scores are to be upper bounds.</param>
    /// <param name="rounding">The length of what rounding changed, for the same.</param>
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

    /// <summary>Fills the places of the last panel from a vector on: they start from the least integer, and stay there.</summary>
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
