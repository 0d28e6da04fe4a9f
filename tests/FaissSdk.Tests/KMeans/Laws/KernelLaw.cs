namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 6: every kernel, and integer scores before it, find the same centroids, nearest up to the bound, at the same distances, bit for bit.</summary>
internal static class KernelLaw
{
    public static Verdict Check(KMeansCase of)
    {
        var centroids = of.Start(of.Points);
        var scores = new ExactScores(of.Points, centroids, of.Dimension, of.Spherical);
        var (labels, distances) = Find(NearestCentroid.All[0], of, centroids, 1, false);
        var verdict = scores.Judge(Array.ConvertAll(labels, label => (long)label));
        for (var i = 0; i < of.Count && verdict.Holds; i++)
        {
            var expected = of.Spherical ? -scores.Score(i, labels[i]) : scores.Score(i, labels[i]);
            var inRange = of.Spherical || distances[i] >= 0;
            verdict = inRange && Math.Abs(distances[i] - expected) <= scores.Error(i, labels[i]) ? verdict : Verdict.Broken($"the score of point {i} is {distances[i]:R}, not {expected:R}");
        }

        var ways = NearestCentroid.All.Select(kernel => (kernel.Name, Kernel: kernel, Quantize: false)).Append(("integer scores", NearestCentroid.Fastest, true));
        foreach (var (name, kernel, quantize) in verdict.Holds ? ways : [])
        {
            var (otherLabels, otherDistances) = Find(kernel, of, centroids, 2, quantize);
            for (var i = 0; i < of.Count; i++)
            {
                if (otherLabels[i] != labels[i] || BitConverter.SingleToInt32Bits(otherDistances[i]) != BitConverter.SingleToInt32Bits(distances[i]))
                {
                    return Verdict.Broken($"point {i} has label {otherLabels[i]} at {otherDistances[i]:R} by {name}, {labels[i]} at {distances[i]:R} by {NearestCentroid.All[0].Name}");
                }
            }
        }

        return verdict;
    }

    private static (int[] Labels, float[] Distances) Find(NearestCentroid kernel, KMeansCase of, float[] centroids, int threads, bool quantize)
    {
        var (labels, distances) = (new int[of.Count], new float[of.Count]);
        var panels = new CentroidPanels(of.Clusters, of.Dimension, kernel.PanelWidth, quantized: quantize ? QuantizedCentroids.IfConceivable(of.Count, of.Clusters, of.Dimension, always: true) : null);
        panels.Pack(centroids, of.Spherical);
        kernel.Find(of.Points, of.Spherical ? [] : VectorNorms.Squared(of.Points, of.Dimension, 1), panels, of.Spherical, labels, distances, threads, CancellationToken.None);
        return (labels, distances);
    }
}
