namespace FaissSdk.Tests.Indexes;

/// <summary>Computes the distances of vectors by each metric in double precision; a smaller one is nearer.</summary>
internal static class MetricDistance
{
    /// <summary>The exponent of <see cref="MetricType.Lp"/>.</summary>
    public const float Exponent = 3;

    public static double Of(MetricType metric, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0, max = 0, sums = 0, least = 0, most = 0;
        for (var i = 0; i < x.Length; i++)
        {
            double a = x[i], b = y[i], difference = Math.Abs(a - b), mean = (a + b) / 2;
            max = Math.Max(max, difference);
            sums += Math.Abs(a + b);
            (least, most) = (least + Math.Min(a, b), most + Math.Max(a, b));
            sum += metric switch
            {
                MetricType.InnerProduct => -a * b,
                MetricType.L2 or MetricType.NaNEuclidean => difference * difference,
                MetricType.Lp => Math.Pow(difference, Exponent),
                MetricType.Canberra => difference / (Math.Abs(a) + Math.Abs(b)),
                MetricType.JensenShannon => -0.5 * ((a * Math.Log(mean / a)) + (b * Math.Log(mean / b))),
                _ => difference,
            };
        }

        return metric == MetricType.Gower ? sum / x.Length : metric == MetricType.Jaccard ? -least / most : metric == MetricType.Linf ? max : metric == MetricType.BrayCurtis ? sum / sums : sum;
    }

    /// <summary>Returns the distances of a query to all vectors (n × d).</summary>
    public static double[] Of(MetricType metric, float[] query, float[] vectors) =>
        [.. Enumerable.Range(0, vectors.Length / query.Length).Select(i => Of(metric, query, vectors.AsSpan(i * query.Length, query.Length)))];
}
