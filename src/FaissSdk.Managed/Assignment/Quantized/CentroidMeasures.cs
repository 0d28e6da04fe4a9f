namespace FaissSdk;

/// <summary>What <see cref="QuantizedArithmetic"/> has to know of centroids c with mean m, of c' = c − m, and of the floats w and t that scores start from.</summary>
internal readonly record struct CentroidMeasures
{
    /// <summary>|m|.</summary>
    public double MeanNorm { get; init; }

    /// <summary>The greatest |c|.</summary>
    public double GreatestNorm { get; init; }

    /// <summary>The greatest |c'|.</summary>
    public double GreatestDifference { get; init; }

    /// <summary>The greatest |c'ⱼ|.</summary>
    public double GreatestComponent { get; init; }

    /// <summary>The greatest |w|.</summary>
    public double GreatestStart { get; init; }

    /// <summary>The greatest |t|.</summary>
    public double GreatestShifted { get; init; }
}
