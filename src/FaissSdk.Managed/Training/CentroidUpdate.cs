using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Computes what FAISS's <c>Clustering</c> does after the means: the imbalance, and the splits that refill empty clusters.</summary>
internal static class CentroidUpdate
{
    private const float Perturbation = 1 / 1024f;
    private const uint SplitSeed = 1234;

    /// <summary>Returns k·Σ hᵢ² / (Σ hᵢ)² of cluster sizes hᵢ.</summary>
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

    /// <summary>Refills each empty cluster with half of a larger one, which is drawn with a probability that grows with its size.</summary>
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
}
