namespace FaissSdk;

/// <summary>Decides where sums in single precision are accurate enough.</summary>
/// <remarks>
/// With u = 2⁻²⁴, adding up n numbers in order changes their sum by at most n·u·Σ|x| (N. J. Higham, Accuracy and Stability, §4.2), so the mean of a cluster is off by at most n·u·R, where R is
/// the root mean square of the points' lengths. A mean that is off by r/100, where r is the root mean square of the points' distances from it, increases the squared distances by 1/10,000. The allowance
/// R/2¹⁶ is the bound of 256 points: with fewer, sums in single precision are kept even for equal points.
/// </remarks>
internal static class SummationBound
{
    private const double UnitRoundoff = 1.0 / (1 << 24);
    private const double RadiusShare = 0.01;
    private const double MagnitudeShare = MinCount * UnitRoundoff;

    /// <summary>The number of points up to which every mean is accurate enough.</summary>
    public const int MinCount = 256;

    /// <summary>Determines whether the objective of a number of points may be off by more than 1 %.</summary>
    public static bool IsExceededByObjective(int count) => count * UnitRoundoff > RadiusShare;

    /// <summary>Determines whether the mean of a cluster may be off by more than its share of the radius.</summary>
    /// <param name="count">The number of points of the cluster, n.</param>
    /// <param name="squares">The sum of the squared distances of the points to the previous centroid.</param>
    /// <param name="previous">The previous centroid (d).</param>
    /// <param name="mean">The mean in single precision (d).</param>
    public static bool IsExceeded(int count, double squares, ReadOnlySpan<float> previous, ReadOnlySpan<float> mean)
    {
        if (count <= MinCount)
        {
            return false;
        }

        double moved = 0, squaredMean = 0;
        for (var j = 0; j < mean.Length; j++)
        {
            var difference = (double)mean[j] - previous[j];
            moved += difference * difference;
            squaredMean += (double)mean[j] * mean[j];
        }

        // The mean square of distances to any point exceeds that to the mean by the squared distance of the two.
        var squaredRadius = Math.Max(0, (squares / count) - moved);
        var magnitude = Math.Sqrt(squaredMean + squaredRadius);
        return count * UnitRoundoff * magnitude > (RadiusShare * Math.Sqrt(squaredRadius)) + (MagnitudeShare * magnitude);
    }
}
