namespace FaissSdk.Native;

/// <summary>Lists the metrics by which each kind of index finds the nearest vectors.</summary>
/// <remarks>
/// L2 and the inner product are supported by every kind that FAISS creates for them. The other metrics are supported by the classes
/// below only. The tests try every kind by every metric with ordinary, negative, zero and constant vectors.
/// </remarks>
internal static class SupportedMetrics
{
    private const string Flat = "IxFl";

    /// <summary>The codes of the classes that compare by every metric, each with the defect that keeps older versions from it.</summary>
    private static readonly Dictionary<string, KnownDefect?> ByAnyMetric = new(StringComparer.Ordinal)
    {
        [Flat] = null,
        ["IHNf"] = null, // HNSW,Flat
        ["INSf"] = KnownDefects.NSG, // NSG,Flat
        ["IwFl"] = KnownDefects.ListsOfOtherMetrics, // IVF,Flat
        ["IwFd"] = KnownDefects.ListsOfOtherMetrics, // IVF,FlatDedup
        ["IxMp"] = null, // IDMap, as its part
        ["IxM2"] = null, // IDMap2, as its part
        ["IxPT"] = null, // transforms, as their part, if they keep the differences of vectors
    };

    /// <summary>The codes of the classes that compare by Gower's distance: a vector that has none to another would cut a graph or a list in two.</summary>
    private static readonly string[] ByGower = [Flat, "IxMp", "IxM2", "IxPT"];

    // The others change the distances of vectors by metrics other than L2.
    private static readonly string[] TransformsThatKeepDifferences = ["CenteringTransform", "RemapDimensionsTransform"];

    /// <summary>Throws if FAISS does not find the nearest vectors by the metric of an index.</summary>
    /// <param name="index">The description of the index.</param>
    /// <param name="subject">The index, as the subject of the message's sentence.</param>
    /// <exception cref="NotSupportedException">FAISS would end the process, never return, or compare by another metric.</exception>
    public static void Check(IndexPart index, string subject)
    {
        foreach (var part in index.All)
        {
            if (part.IsTransform || !part.IsKnown || IsOfEveryKind(part.Metric))
            {
                continue;
            }

            if (!Enum.IsDefined(part.Metric))
            {
                throw new NotSupportedException($"{subject} compares by metric {(int)part.Metric}, which {nameof(MetricType)} does not have.");
            }

            CheckKnown(part.Metric, subject);
            if (part.Metric != index.Metric)
            {
                throw new NotSupportedException($"{subject} compares by {index.Metric}, and its {part.Role} by {part.Metric}; only L2 and InnerProduct go with another metric.");
            }

            CheckPart(part, subject);
        }
    }

    /// <summary>Throws if the loaded FAISS does not have a metric, or does not have it in all kinds that compare by other metrics.</summary>
    /// <exception cref="NotSupportedException">The loaded FAISS lacks the metric.</exception>
    public static void CheckKnown(MetricType metric, string subject)
    {
        if (metric > MetricType.JensenShannon)
        {
            KnownDefects.MetricsAfterJensenShannon.ThrowIfPresent($"{subject} by {metric}");
        }
    }

    /// <summary>Throws if a transform changes the distances by a metric.</summary>
    /// <param name="transform">The class of the transform.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="subject">The index, as the subject of the message's sentence.</param>
    /// <exception cref="NotSupportedException">The transform changes the distances.</exception>
    public static void CheckTransform(string transform, MetricType metric, string subject)
    {
        if (KnownDefects.OtherMetrics.IsPresent && !IsOfEveryKind(metric) && (metric > MetricType.Lp || !TransformsThatKeepDifferences.Contains(transform)))
        {
            throw new NotSupportedException($"{subject} compares by {metric} what a {transform} makes of the vectors, which has other neighbors: transform the vectors before they are added, or use L2 or InnerProduct.");
        }
    }

    private static bool IsOfEveryKind(MetricType metric) => metric is MetricType.L2 or MetricType.InnerProduct;

    private static void CheckPart(IndexPart part, string subject)
    {
        // Replicas have no code, since FAISS does not write them; a graph's code stands for its storage.
        if (part.Role == "storage" || part.Parts.Any(inner => inner.Role == "replica"))
        {
            return;
        }

        if (part.Metric == MetricType.Gower && !ByGower.Contains(part.Code))
        {
            throw new NotSupportedException($"{subject} compares by {part.Metric}, by which not every two vectors have a distance, as the class {part.Class} needs it. Use Flat.");
        }

        if (KnownDefects.OtherMetrics.IsPresent && !ByAnyMetric.ContainsKey(part.Code))
        {
            throw new NotSupportedException(
                $"{subject} compares by {part.Metric}, where the class {part.Class} ends the process or compares by another metric. Use Flat, HNSWn,Flat or, with FAISS 1.15.0 or later, IVFn,Flat or NSGn,Flat, or L2 or InnerProduct.");
        }

        if (!part.IsTrained && part.Parts.FirstOrDefault(inner => inner.Role == "quantizer") is { Code: not Flat } quantizer)
        {
            throw new NotSupportedException($"{subject} compares by {part.Metric}, by which FAISS trains no quantizer of the class {quantizer.Class}. Use IVFn,Flat, or L2 or InnerProduct.");
        }

        ByAnyMetric[part.Code]?.ThrowIfPresent($"{subject} by {part.Metric}");
        foreach (var transform in part.Parts.Where(inner => inner.IsTransform))
        {
            CheckTransform(transform.Class, part.Metric, subject);
        }

        if (part.Code == "IxPT" && part.Class == part.Code)
        {
            // The library does not describe its transforms.
            CheckTransform("transform", part.Metric, subject);
        }
    }
}
