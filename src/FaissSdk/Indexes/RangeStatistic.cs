namespace FaissSdk;

/// <summary>How a scalar quantizer finds the range of values that it maps to codes; the values are FAISS's.</summary>
public enum RangeStatistic
{
    /// <summary>From the least to the greatest value, widened by the argument.</summary>
    MinMax = 0,

    /// <summary>The mean plus and minus as many standard deviations as the argument says.</summary>
    MeanStd = 1,

    /// <summary>Between quantiles; the argument is the share that is cut off at each end.</summary>
    Quantiles = 2,

    /// <summary>The range of least error.</summary>
    Optimum = 3,
}
