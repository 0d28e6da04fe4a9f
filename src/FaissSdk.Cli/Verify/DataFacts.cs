using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>What of the points decides how much single precision can tell.</summary>
/// <param name="Offset">The distance of their mean from the origin.</param>
/// <param name="Spread">The root mean square of their distances from the mean; 0 only when all are the same.</param>
internal readonly record struct DataFacts(double Offset, double Spread)
{
    // From here on |x|² costs more digits than the distances have to spare.
    private const double Far = 3;

    public bool IsFarFromOrigin => Spread > 0 && Offset > Far * Spread;

    public string Describe() => Spread == 0
        ? "all points are the same"
        : string.Create(CultureInfo.InvariantCulture, $"{(Offset / Spread).ToString(Offset < 100 * Spread ? "G3" : "N0", CultureInfo.InvariantCulture)} times as far from the mean as the points (root mean square)");

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

        // The mean of equal points is rounded, and not equal to them.
        var alike = true;
        var squares = 0.0;
        for (var start = 0; start < points.Length; start += dimension)
        {
            alike = alike && points.Slice(start, dimension).SequenceEqual(points[..dimension]);
            for (var j = 0; j < dimension; j++)
            {
                squares += Math.Pow(points[start + j] - mean[j], 2);
            }
        }

        return new DataFacts(Math.Sqrt(mean.Sum(component => component * component)), alike ? 0 : Math.Sqrt(squares / count));
    }
}
