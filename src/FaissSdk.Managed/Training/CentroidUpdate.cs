using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Computes what FAISS's <c>Clustering</c> does after the means: the imbalance, and the splits that refill empty clusters.</summary>
internal static class CentroidUpdate
{
    private const float Perturbation = 1 / 1024f;
    private const uint SplitSeed = 1234;

    /// <summary>The number of rounds of k draws after which the largest cluster is split: that of FAISS 1.14.2 and later. Earlier versions draw until a cluster is found.</summary>
    /// <remarks>As the probabilities of a round sum to 1 or more, a round draws no cluster with a probability of at most 1/e, and ten rounds with one of at most 4.5e-5.</remarks>
    public const int MaxRounds = 10;

    /// <summary>Returns k·Σ hᵢ² / (Σ hᵢ)² of cluster sizes hᵢ.</summary>
    public static double Imbalance(ReadOnlySpan<double> sizes)
    {
        double sum = 0, sumOfSquares = 0;
        foreach (var size in sizes)
        {
            sum += size;
            sumOfSquares += size * size;
        }

        return sumOfSquares * sizes.Length / (sum * sum);
    }

    /// <summary>Scales the weights of clusters (k) so that they sum to the number of points: as in FAISS, clusters of size 1 or less are never split.</summary>
    public static void ScaleSizes(Span<double> sizes, int count)
    {
        var sum = 0.0;
        foreach (var size in sizes)
        {
            sum += size;
        }

        TensorPrimitives.Multiply(sizes, count / sum, sizes);
    }

    /// <summary>Refills each empty cluster with half of a larger one, which is drawn with a probability that grows with its size.</summary>
    /// <param name="sizes">The sizes of the clusters (k), which sum to <paramref name="count"/>; updated by the splits.</param>
    /// <param name="count">The number of points, n, greater than k.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="centroids">The centroids (k × d).</param>
    /// <param name="cancellationToken">The token that is checked after k draws.</param>
    /// <param name="maxRounds">The number of rounds of k draws after which the largest cluster is split.</param>
    /// <returns>The number of splits.</returns>
    public static int SplitIntoEmpty(Span<double> sizes, int count, int dimension, Span<float> centroids, CancellationToken cancellationToken, int maxRounds = MaxRounds)
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

            var donor = DrawDonor(sizes, count, random, maxRounds, cancellationToken);
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

    private static int DrawDonor(ReadOnlySpan<double> sizes, int count, MersenneTwister random, int maxRounds, CancellationToken cancellationToken)
    {
        var clusters = sizes.Length;
        for (var round = 0; round < maxRounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var candidate = 0; candidate < clusters; candidate++)
            {
                var probability = (float)((sizes[candidate] - 1) / (float)(count - clusters));
                if (random.NextSingle() < probability)
                {
                    return candidate;
                }
            }
        }

        return TensorPrimitives.IndexOfMax(sizes);
    }
}
