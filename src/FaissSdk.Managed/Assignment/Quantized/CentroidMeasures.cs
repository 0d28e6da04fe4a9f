namespace FaissSdk;

/// <summary>Represents the properties of centroids c with mean m, of c' = c − m, and of the floats w and t that scores start from, which <see cref="QuantizedArithmetic"/> needs.</summary>
internal readonly record struct CentroidMeasures
{
    /// <summary>Gets |m|.</summary>
    public double MeanNorm { get; init; }

    /// <summary>Gets the maximum |c|.</summary>
    public double MaxNorm { get; init; }

    /// <summary>Gets the maximum |c'|.</summary>
    public double MaxDifference { get; init; }

    /// <summary>Gets the maximum |c'ⱼ|.</summary>
    public double MaxComponent { get; init; }

    /// <summary>Gets the maximum |w|.</summary>
    public double MaxStart { get; init; }

    /// <summary>Gets the maximum |t|.</summary>
    public double MaxShiftedStart { get; init; }
}
