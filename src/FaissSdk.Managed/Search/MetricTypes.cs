namespace FaissSdk;

/// <summary>Tells which metrics are similarities.</summary>
internal static class MetricTypes
{
    /// <summary>Determines whether larger numbers are nearer.</summary>
    public static bool IsSimilarity(this MetricType metric) => metric is MetricType.InnerProduct or MetricType.Jaccard;
}
