using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Holds the addresses of one panel of <see cref="IntegerPanels"/>.</summary>
internal unsafe struct IntegerPanel
{
    /// <summary>The words of components, each of all centroids of the panel (words × width).</summary>
    public int* Words;

    /// <summary>The initial values of the sums of products, less what the offset of unsigned points adds (width).</summary>
    public int* Offsets;

    /// <summary>The factors of the sums (width).</summary>
    public float* Scales;

    /// <summary>The values that are added after scaling, times <see cref="ScoreUnits.Start"/> of the point (width).</summary>
    public float* Starts;

    /// <summary>Upper bounds of the lengths of the integer vectors, for scores that are upper bounds (width).</summary>
    public float* Lengths;

    /// <summary>Upper bounds of the lengths of the rounding errors, for scores that are upper bounds (width).</summary>
    public float* Roundings;

    /// <summary>Returns the panel that is some panels of width 1 behind this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly IntegerPanel Skip(nint count, nint words) => new()
    {
        Words = Words + (count * words),
        Offsets = Offsets + count,
        Scales = Scales + count,
        Starts = Starts + count,
        Lengths = Lengths + count,
        Roundings = Roundings + count,
    };
}
