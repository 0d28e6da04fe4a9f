using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>What follows an assignment in FAISS's <c>Clustering</c>: means, imbalance, and the splits that refill empty clusters.</summary>
internal static class CentroidUpdate
{
    private const float Perturbation = 1 / 1024f;
    private const uint SplitSeed = 1234;

    /// <summary>Replaces the centroids (k × d) by the means of their points, added up in point order; an empty cluster becomes zero.</summary>
    /// <returns>The cluster sizes (k).</returns>
    public static unsafe float[] Means(ReadOnlySpan<float> points, int[] labels, int dimension, float[] centroids, CancellationToken cancellationToken)
    {
        var clusters = centroids.Length / dimension;
        var (members, starts) = GroupByCluster(labels, clusters);
        fixed (float* pinned = points)
        {
            var address = (nint)pinned;
            Parallel.For(0, clusters, new ParallelOptions { CancellationToken = cancellationToken }, cluster =>
            {
                var centroid = centroids.AsSpan(cluster * dimension, dimension);
                centroid.Clear();
                for (var i = starts[cluster]; i < starts[cluster + 1]; i++)
                {
                    var point = new ReadOnlySpan<float>((float*)address + ((long)members[i] * dimension), dimension);
                    TensorPrimitives.Add(centroid, point, centroid);
                }

                var size = starts[cluster + 1] - starts[cluster];
                if (size > 0)
                {
                    TensorPrimitives.Multiply(centroid, 1f / size, centroid);
                }
            });
        }

        var sizes = new float[clusters];
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            sizes[cluster] = starts[cluster + 1] - starts[cluster];
        }

        return sizes;
    }

    /// <summary>k·Σ hᵢ² / (Σ hᵢ)².</summary>
    public static double Imbalance(ReadOnlySpan<float> sizes)
    {
        double sum = 0, sumOfSquares = 0;
        foreach (var size in sizes)
        {
            sum += size;
            sumOfSquares += (double)size * size;
        }

        return sumOfSquares * sizes.Length / (sum * sum);
    }

    /// <summary>Refills every empty cluster with half of a larger one, drawn with a probability that grows with its size.</summary>
    /// <returns>The number of splits.</returns>
    public static int SplitIntoEmpty(Span<float> sizes, int count, int dimension, Span<float> centroids)
    {
        var clusters = sizes.Length;
        var splits = 0;
        var random = new MersenneTwister(SplitSeed);
        for (var empty = 0; empty < clusters; empty++)
        {
            if (sizes[empty] != 0)
            {
                continue;
            }

            var donor = DrawDonor(sizes, count, random);
            var filled = centroids.Slice(empty * dimension, dimension);
            var halved = centroids.Slice(donor * dimension, dimension);
            for (var j = 0; j < dimension; j++)
            {
                var sign = j % 2 == 0 ? Perturbation : -Perturbation;
                filled[j] = halved[j] * (1 + sign);
                halved[j] *= 1 - sign;
            }

            sizes[empty] = sizes[donor] / 2;
            sizes[donor] -= sizes[empty];
            splits++;
        }

        return splits;
    }

    private static int DrawDonor(ReadOnlySpan<float> sizes, int count, MersenneTwister random)
    {
        var clusters = sizes.Length;
        for (long tries = 0; tries < 10L * clusters; tries++)
        {
            var candidate = (int)(tries % clusters);
            var probability = (float)((sizes[candidate] - 1.0) / (float)(count - clusters));
            if (random.NextSingle() < probability)
            {
                return candidate;
            }
        }

        return TensorPrimitives.IndexOfMax(sizes);
    }

    private static (int[] Members, int[] Starts) GroupByCluster(int[] labels, int clusters)
    {
        var starts = new int[clusters + 1];
        foreach (var label in labels)
        {
            starts[label + 1]++;
        }

        for (var cluster = 0; cluster < clusters; cluster++)
        {
            starts[cluster + 1] += starts[cluster];
        }

        var next = starts.AsSpan(0, clusters).ToArray();
        var members = new int[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            members[next[labels[i]]++] = i;
        }

        return (members, starts);
    }
}
