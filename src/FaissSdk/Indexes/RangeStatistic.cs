namespace FaissSdk;

/// <summary>Specifies how a scalar quantizer determines the range of values that it maps to codes; the values are FAISS's.</summary>
public enum RangeStatistic
{
    /// <summary>From the minimum to the maximum, widened by the argument.</summary>
    MinMax = 0,

    /// <summary>The mean plus and minus the number of standard deviations in the argument.</summary>
    MeanStd = 1,

    /// <summary>Between quantiles; the argument is the share cut off at each end.</summary>
    Quantiles = 2,

    /// <summary>The range that minimizes the error.</summary>
    Optimum = 3,
}
