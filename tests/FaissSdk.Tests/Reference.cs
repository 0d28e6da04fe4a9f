namespace FaissSdk.Tests;

/// <summary>Reference implementations in double precision.</summary>
internal static class Reference
{
    public static double SquaredDistance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            var difference = (double)x[i] - y[i];
            sum += difference * difference;
        }

        return sum;
    }

    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }

    /// <summary>Returns the maximum rounding error of a squared distance in single precision.</summary>
    public static double DistanceError(ReadOnlySpan<float> x, ReadOnlySpan<float> c) =>
        KMeansTests.RoundingBound.Distance(x.Length, Dot(x, x), Dot(c, c));
}
