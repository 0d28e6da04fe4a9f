using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents the properties of the points that decide how precise single precision is for them.</summary>
/// <param name="Offset">The distance of the mean from the origin.</param>
/// <param name="Spread">The root mean square of the points' distances from the mean; 0 only if all points are equal.</param>
internal readonly record struct DataFacts(double Offset, double Spread)
{
    // From here on |x|² needs more digits than the distances can spare.
    private const double FarRatio = 3;

    public bool IsFarFromOrigin => Spread > 0 && Offset > FarRatio * Spread;

    public string Describe() => Spread == 0
        ? "all points are equal"
        : $"{(Offset / Spread).ToString(Offset < 100 * Spread ? "G3" : "N0", CultureInfo.InvariantCulture)} times as far from the mean as the points are (root mean square)";

    public static DataFacts Of(ReadOnlySpan<float> points, int dimension)
    {
        var count = points.Length / dimension;
        var mean = new double[dimension];
        for (var start = 0; start < points.Length; start += dimension)
        {
            for (var j = 0; j < dimension; j++)
            {
                mean[j] += points[start + j] / (double)count;
            }
        }

        // Compared directly, because the rounded mean of equal points may differ from them.
        var areEqual = true;
        var squares = 0.0;
        for (var start = 0; start < points.Length; start += dimension)
        {
            areEqual = areEqual && points.Slice(start, dimension).SequenceEqual(points[..dimension]);
            for (var j = 0; j < dimension; j++)
            {
                squares += Math.Pow(points[start + j] - mean[j], 2);
            }
        }

        return new DataFacts(Math.Sqrt(mean.Sum(component => component * component)), areEqual ? 0 : Math.Sqrt(squares / count));
    }
}
