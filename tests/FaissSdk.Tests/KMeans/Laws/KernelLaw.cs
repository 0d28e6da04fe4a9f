namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 6: all kernels, also after integer scores and scores in few directions, find the same centroids, nearest up to the bound, at the same distances bit for bit.</summary>
internal static class KernelLaw
{
    public static Verdict Check(KMeansCase of)
    {
        var centroids = of.Start(of.Points);
        var scores = new ExactScores(of.Points, centroids, of.Dimension, of.Spherical);
        var (labels, distances) = Find(NearestCentroid.All[0], of, centroids, 1, null, null);
        var verdict = scores.Judge(Array.ConvertAll(labels, label => (long)label));
        for (var i = 0; i < of.Count && verdict.Holds; i++)
        {
            var expected = of.Spherical ? -scores.Score(i, labels[i]) : scores.Score(i, labels[i]);
            var inRange = of.Spherical || distances[i] >= 0;
            verdict = inRange && Math.Abs(distances[i] - expected) <= scores.Error(i, labels[i]) ? verdict : Verdict.Broken($"the score of point {i} is {distances[i]:R}, not {expected:R}");
        }

        var searches = NearestCentroid.All.Select(kernel => (kernel.Name, Kernel: kernel, Integers: (IntegerKernel?)null, Labels: (int[]?)null))
            .Concat(IntegerKernels.All.Select(integers => (integers.Name, NearestCentroid.Fastest, (IntegerKernel?)integers, (int[]?)null)))
            .Concat(IntegerKernels.All.Where(integers => !integers.Format.IsBytes)
                .Select(integers => (integers.Name + ", few directions", NearestCentroid.Fastest, (IntegerKernel?)integers, (int[]?)[.. labels.Select((label, i) => i % 3 == 0 ? i % of.Clusters : label)])));
        foreach (var (name, kernel, integers, known) in verdict.Holds ? searches : [])
        {
            var (otherLabels, otherDistances) = Find(kernel, of, centroids, 2, integers, known);
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

    /// <summary>Searches with one kernel, by scores in few directions if labels are known.</summary>
    private static (int[] Labels, float[] Distances) Find(NearestCentroid kernel, KMeansCase of, float[] centroids, int threads, IntegerKernel? integers, int[]? known)
    {
        var (labels, distances, norms) = (known ?? new int[of.Count], new float[of.Count], VectorNorms.Squared(of.Points, of.Dimension, 1));
        var quantized = integers is null ? null : QuantizedCentroids.CreateIfWorthwhile(of.Count, of.Clusters, of.Dimension, always: true, integers);
        var projected = known is null ? null : ProjectedCentroids.CreateIfWorthwhile(of.Points, norms, of.Clusters, always: true, integers);
        var panels = new CentroidPanels(of.Clusters, of.Dimension, kernel.PanelWidth, quantized: quantized, projected: projected);
        panels.Pack(centroids, of.Spherical);
        kernel.Find(of.Points, of.Spherical ? [] : norms, centroids, panels, of.Spherical, labels, distances, threads, CancellationToken.None, training: new() { HasLabels = known is not null });
        return (labels, distances);
    }
}
