namespace FaissSdk.Tests.Indexes;

/// <summary>Lists the kinds of indexes that compare by metrics other than L2 and inner product.</summary>
internal static class SupportedKinds
{
    private static readonly string[] Always = ["Flat", "HNSW8", "HNSW8,Flat", "IDMap,Flat", "IDMap2,Flat", "IDMap,HNSW8", "Pad20,Flat"];
    private static readonly string[] Newer = ["IVF4,Flat", "IVF4(Flat),Flat", "IVF4,FlatDedup", "IDMap,IVF4,Flat", "Pad20,IVF4,Flat", "NSG16"];

    public static string[] All { get; } = [.. Always, .. Newer];

    public static bool Contains(string kind, MetricType metric) =>
        (metric != MetricType.Gower || kind.EndsWith("Flat", StringComparison.Ordinal) && !kind.Contains("HNSW", StringComparison.Ordinal) && !kind.Contains("IVF", StringComparison.Ordinal))
        && (metric <= MetricType.JensenShannon || IndexKind.IsNewFaiss) && (metric != MetricType.Lp || FaissLibrary.Supports("faiss_sdk_set_setting"))
        && (Always.Contains(kind) || (IndexKind.IsNewFaiss && Newer.Contains(kind)))
        && (!kind.StartsWith("Pad", StringComparison.Ordinal) || metric <= MetricType.L2 || (metric <= MetricType.Lp && FaissLibrary.Supports("faiss_sdk_index_parts")));

    public static double MinRecall(string kind) =>
        kind.Contains("NSG", StringComparison.Ordinal) ? 0.5
        : kind.Contains("HNSW", StringComparison.Ordinal) ? 0.9
        : 1;
}
