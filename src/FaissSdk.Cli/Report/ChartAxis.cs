using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents an axis of a chart: a range of values on a range of coordinates.</summary>
internal sealed record ChartAxis(double Min, double Max, double From, double To, bool IsLogarithmic = false)
{
    /// <summary>Creates an axis that begins and ends at round values.</summary>
    public static ChartAxis Round(double min, double max, double from, double to)
    {
        if (!(max > min))
        {
            (min, max) = (min - Math.Max(0.5, Math.Abs(min) * 0.05), max + Math.Max(0.5, Math.Abs(max) * 0.05));
        }

        var step = Step(max - min);
        return new ChartAxis(Math.Floor(min / step) * step, Math.Ceiling(max / step) * step, from, to);
    }

    /// <summary>Creates a logarithmic axis with space beyond its values.</summary>
    public static ChartAxis Logarithmic(double min, double max, double from, double to) => new(Math.Max(min, 1e-6) / 1.4, Math.Max(max, 1e-6) * 1.4, from, to, IsLogarithmic: true);

    public double At(double value)
    {
        var share = IsLogarithmic ? Math.Log(value / Min) / Math.Log(Max / Min) : (value - Min) / (Max - Min);
        return From + ((To - From) * share);
    }

    public IEnumerable<double> Ticks()
    {
        if (IsLogarithmic)
        {
            double[] steps = Max / Min > 1000 ? [1] : Max / Min > 20 ? [1, 2, 5] : Max / Min > 3 ? [1, 2, 3, 5, 7] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8];
            return Enumerable.Range(-6, 18).SelectMany(exponent => steps.Select(step => step * Math.Pow(10, exponent))).Where(tick => tick >= Min && tick <= Max);
        }

        var width = Step(Max - Min);
        return Enumerable.Range(0, (int)Math.Round((Max - Min) / width) + 1).Select(i => Min + (i * width));
    }

    public static string Text(double value) => Math.Abs(value) is >= 1e7 or (> 0 and < 1e-4)
        ? value.ToString("0.##e+0", CultureInfo.InvariantCulture)
        : Math.Round(value, 6).ToString("#,0.######", CultureInfo.InvariantCulture);

    // About five steps.
    private static double Step(double range)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(range / 5)));
        var share = range / 5 / power;
        return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
    }
}
