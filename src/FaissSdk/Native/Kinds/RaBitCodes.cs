using System.Globalization;

namespace FaissSdk.Native;

/// <summary>Checks the numbers of RaBitQ codes, and names them as factory strings do.</summary>
internal static class RaBitCodes
{
    private const int MaxBits = 9;
    private const int MaxQueryBits = 8;

    /// <summary>Throws if a component cannot have so many bits, or the metric is not supported.</summary>
    public static void Check(int nBits, MetricType metric)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nBits, MaxBits);
        if (metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "RaBitQ compares by L2 or inner product.");
        }
    }

    /// <summary>Throws if a component of a query cannot have so many bits.</summary>
    public static void CheckQueryBits(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxQueryBits);
    }

    /// <summary>Returns the codes as a part of a factory string.</summary>
    public static string Describe(int nBits) => nBits == 1 ? "RaBitQ" : string.Create(CultureInfo.InvariantCulture, $"RaBitQ{nBits}");
}
