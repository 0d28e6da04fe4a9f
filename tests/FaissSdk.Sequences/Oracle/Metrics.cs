namespace FaissSdk.Sequences;

/// <summary>Computes distances in double precision.</summary>
internal static class Metrics
{
    public static bool IsSimilarity(MetricType metric) => metric is MetricType.InnerProduct or MetricType.Jaccard;

    /// <summary>Gets a value indicating whether the distance of any two vectors is a number.</summary>
    public static bool IsTotal(MetricType metric) => metric is MetricType.L2 or MetricType.InnerProduct or MetricType.L1 or MetricType.Linf;

    public static double Distance(Model model, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (model.Metric is MetricType.Jaccard or MetricType.NaNEuclidean or MetricType.Gower)
        {
            return DistanceOfKnown(model.Metric, x, y);
        }

        double sum = 0;
        double norms = 0;
        for (var i = 0; i < x.Length; i++)
        {
            double a = x[i], b = y[i];
            var difference = Math.Abs(a - b);
            norms += Math.Abs(a + b);
            sum = model.Metric switch
            {
                MetricType.L2 => sum + (difference * difference),
                MetricType.InnerProduct => sum + (a * b),
                MetricType.Linf => Math.Max(sum, difference),
                MetricType.Canberra => sum + (difference / (Math.Abs(a) + Math.Abs(b))),
                MetricType.JensenShannon => sum + Divergence(a, (a + b) / 2) + Divergence(b, (a + b) / 2),
                _ => sum + difference,
            };
        }

        return model.Kind.IsOneDimensional ? Math.Sqrt(sum) : model.Metric switch
        {
            MetricType.BrayCurtis => sum / norms,
            MetricType.JensenShannon => sum / 2,
            _ => sum,
        };
    }

    private static double DistanceOfKnown(MetricType metric, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double least = 0, most = 0, sum = 0, known = 0;
        for (var i = 0; i < x.Length; i++)
        {
            (least, most) = (least + Math.Min(x[i], y[i]), most + Math.Max(x[i], y[i]));
            if (!float.IsNaN(x[i]) && !float.IsNaN(y[i]))
            {
                var difference = Math.Abs((double)x[i] - y[i]);
                (sum, known) = (sum + (metric == MetricType.Gower ? (x[i] < 0 ? Math.Sign(difference) : difference) : difference * difference), known + 1);
            }
        }

        return metric switch { MetricType.Jaccard => least / most, MetricType.Gower => sum / known, _ => x.Length / known * sum };
    }

    /// <summary>Returns a bound of the rounding errors, also of distances that are computed from norms.</summary>
    public static double Tolerance(Model model, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double norms = 0;
        for (var i = 0; i < x.Length; i++)
        {
            norms += model.Metric is MetricType.L2 or MetricType.InnerProduct or MetricType.NaNEuclidean ? ((double)x[i] * x[i]) + ((double)y[i] * y[i]) : Math.Abs((double)x[i]) + Math.Abs((double)y[i]);
        }

        var factor = model.Kind.Text.Contains("RR", StringComparison.Ordinal) || model.Kind.Text.Contains("Rotation", StringComparison.Ordinal) ? 1e-4 : 1e-5;
        return (factor * norms) + (Metrics.IsTotal(model.Metric) ? 1e-6 : 1e-3);
    }

    private static double Divergence(double a, double mean) => a <= 0 ? 0 : a * Math.Log(a / mean);
}
