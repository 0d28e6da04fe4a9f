using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>What follows an assignment in FAISS's <c>Clustering</c>: means, imbalance, and the splits that refill empty clusters.</summary>
internal static class CentroidUpdate
{
    private const float Perturbation = 1 / 1024f;
    private const uint SplitSeed = 1234;

    // Two cache lines of a row, fetched together: narrower, and every thread would read all of them.
    private const int SliceWidth = 32;

    // Fewer components are added up sooner than a thread wakes.
    private const long FewComponents = 100_000;

    /// <summary>Replaces the centroids (k × d) by the weighted means of their points, added up in point order; a cluster without weight becomes zero.</summary>
    /// <returns>The weights of the clusters (k): without weights, their sizes.</returns>
    /// <remarks>Each thread has components, or clusters, of its own: the order of additions, and so every bit, is the same for any number of them.</remarks>
    public static unsafe float[] Means(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int[] labels, int dimension, float[] centroids, int threads, CancellationToken cancellationToken)
    {
        var clusters = centroids.Length / dimension;
        var sizes = SizesOf(labels, weights, clusters);
        threads = points.Length < FewComponents ? 1 : threads;
        var slices = Math.Clamp(dimension / SliceWidth, 1, threads);
        var ranges = Math.Clamp(threads / slices, 1, clusters);
        Array.Clear(centroids);
        fixed (float* pinnedPoints = points, pinnedWeights = weights, sums = centroids)
        {
            var (x, w, c) = ((nint)pinnedPoints, (nint)pinnedWeights, (nint)sums);
            ParallelBlocks.For(
                slices * ranges,
                threads,
                block =>
                {
                    var (slice, range) = (block % slices, block / slices);
                    var (start, end) = (slice * dimension / slices, (slice + 1) * dimension / slices);
                    var (first, last) = ((int)((long)range * clusters / ranges), (int)((long)(range + 1) * clusters / ranges));
                    fixed (int* label = labels)
                    {
                        Add((float*)x, (float*)w, label, 0, labels.Length, dimension, start, end, first, last, (float*)c);
                    }

                    for (var cluster = first; cluster < last; cluster++)
                    {
                        Divide(centroids.AsSpan((cluster * dimension) + start, end - start), sizes[cluster]);
                    }
                },
                cancellationToken);
        }

        return sizes;
    }

    /// <summary>Divides sums (k × d) by the weights of their clusters (k); a cluster without weight keeps what it has.</summary>
    public static void Divide(Span<float> sums, ReadOnlySpan<float> sizes)
    {
        var dimension = sums.Length / sizes.Length;
        for (var cluster = 0; cluster < sizes.Length; cluster++)
        {
            Divide(sums.Slice(cluster * dimension, dimension), sizes[cluster]);
        }
    }

    /// <summary>Adds points, times their weights unless these are null, to the sums of their clusters.</summary>
    /// <param name="points">n × d.</param>
    /// <param name="weights">n, or null.</param>
    /// <param name="labels">n.</param>
    /// <param name="from">The first point.</param>
    /// <param name="to">The first point no more.</param>
    /// <param name="dimension">d.</param>
    /// <param name="start">The first component.</param>
    /// <param name="end">The first component no more.</param>
    /// <param name="first">The first cluster: points of others are passed over.</param>
    /// <param name="last">The first cluster no more.</param>
    /// <param name="sums">k × d.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Add(float* points, float* weights, int* labels, int from, int to, int dimension, int start, int end, int first, int last, float* sums)
    {
        for (var i = from; i < to; i++)
        {
            var cluster = labels[i];
            if ((uint)(cluster - first) >= (uint)(last - first))
            {
                continue;
            }

            var point = points + ((long)i * dimension);
            var sum = sums + ((long)cluster * dimension);
            var weight = weights == null ? 1 : weights[i];
            nint j = start;
            for (; j <= end - Vector<float>.Count; j += Vector<float>.Count)
            {
                var component = Vector.Load(point + j);
                Vector.Store((weights == null ? component : component * weight) + Vector.Load(sum + j), sum + j);
            }

            for (; j < end; j++)
            {
                sum[j] += point[j] * weight;
            }
        }
    }

    // By the reciprocal as in FAISS, unless a tiny weight has none.
    private static void Divide(Span<float> components, float size)
    {
        if (size == 0)
        {
            return;
        }

        if (float.IsFinite(1 / size))
        {
            TensorPrimitives.Multiply(components, 1 / size, components);
        }
        else
        {
            TensorPrimitives.Divide(components, size, components);
        }
    }

    private static float[] SizesOf(int[] labels, ReadOnlySpan<float> weights, int clusters) =>
        weights.IsEmpty ? CountOf(labels, clusters) : WeightsOf(labels, weights, clusters);

    private static float[] CountOf(int[] labels, int clusters)
    {
        var counts = new int[clusters];
        foreach (var label in labels)
        {
            counts[label]++;
        }

        return Array.ConvertAll(counts, count => (float)count);
    }

    private static float[] WeightsOf(int[] labels, ReadOnlySpan<float> weights, int clusters)
    {
        var sums = new float[clusters];
        for (var i = 0; i < labels.Length; i++)
        {
            sums[labels[i]] += weights[i];
        }

        return sums;
    }

    /// <summary>Σ of values in their order, in single precision as in FAISS.</summary>
    public static float Sum(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
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
}
