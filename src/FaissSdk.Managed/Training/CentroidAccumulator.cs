using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Adds up points by cluster, in the order of the points: the sum and the weight of each cluster, and the objective.</summary>
/// <remarks>
/// An instance takes block after block while the points are in a cache; <see cref="ComputeMeans"/> adds up all points at once, with
/// components or clusters of its own for each thread. The order of additions, and so every bit, is the same for both and for any number of threads.
/// </remarks>
internal sealed class CentroidAccumulator(int clusters, int dimension)
{
    // Two cache lines of a row, which are fetched together: with narrower slices every thread would read all of them.
    private const int SliceWidth = 32;

    // Waking a thread takes longer than adding up fewer components.
    private const long MinComponentsForThreads = 100_000;

    private readonly float[] _sums = new float[clusters * dimension];
    private readonly int[] _counts = new int[clusters];
    private readonly float[] _weights = new float[clusters];
    private bool _isWeighted;

    /// <summary>Gets the sum of the distances (spherical: inner products) of the points to their centroids.</summary>
    public float Objective { get; private set; }

    public void Clear()
    {
        Array.Clear(_sums);
        Array.Clear(_counts);
        Array.Clear(_weights);
        Objective = 0;
    }

    /// <summary>Adds a block of assigned points; the blocks must follow each other in the order of the points.</summary>
    /// <param name="points">All points (n × d).</param>
    /// <param name="weights">Their weights (n), or null.</param>
    /// <param name="labels">Their clusters (n).</param>
    /// <param name="distances">Their distances (n).</param>
    /// <param name="startPoint">The first point of the block.</param>
    /// <param name="endPoint">The exclusive end of the block.</param>
    public unsafe void Add(float* points, float* weights, int* labels, float* distances, int startPoint, int endPoint)
    {
        fixed (float* sums = _sums)
        {
            AddPoints(points, weights, labels, startPoint, endPoint, dimension, 0, dimension, 0, clusters, sums);
        }

        _isWeighted = weights != null;
        var objective = Objective;
        for (var i = startPoint; i < endPoint; i++)
        {
            objective += distances[i];
            if (_isWeighted)
            {
                _weights[labels[i]] += weights[i];
            }
            else
            {
                _counts[labels[i]]++;
            }
        }

        Objective = objective;
    }

    /// <summary>Replaces centroids (k × d) by the means of the points added; a cluster without weight becomes zero.</summary>
    /// <returns>The weights of the clusters (k), or their sizes without weights.</returns>
    public float[] CopyMeansTo(float[] centroids)
    {
        var sizes = _isWeighted ? (float[])_weights.Clone() : ToSingle(_counts);
        _sums.CopyTo(centroids, 0);
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            Divide(centroids.AsSpan(cluster * dimension, dimension), sizes[cluster]);
        }

        return sizes;
    }

    /// <summary>Replaces centroids (k × d) by the weighted means of their points; a cluster without weight becomes zero.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="centroids">Receives the means (k × d).</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="cancellationToken">The token that is checked before each part.</param>
    /// <returns>The weights of the clusters (k), or their sizes without weights.</returns>
    public static unsafe float[] ComputeMeans(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int[] labels, int dimension, float[] centroids, int threads, CancellationToken cancellationToken)
    {
        var clusters = centroids.Length / dimension;
        var sizes = weights.IsEmpty ? CountPoints(labels, clusters) : SumWeights(labels, weights, clusters);
        threads = points.Length < MinComponentsForThreads ? 1 : threads;
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
                    var (startComponent, endComponent) = (slice * dimension / slices, (slice + 1) * dimension / slices);
                    var (startCluster, endCluster) = ((int)((long)range * clusters / ranges), (int)((long)(range + 1) * clusters / ranges));
                    fixed (int* label = labels)
                    {
                        AddPoints((float*)x, (float*)w, label, 0, labels.Length, dimension, startComponent, endComponent, startCluster, endCluster, (float*)c);
                    }

                    for (var cluster = startCluster; cluster < endCluster; cluster++)
                    {
                        Divide(centroids.AsSpan((cluster * dimension) + startComponent, endComponent - startComponent), sizes[cluster]);
                    }
                },
                cancellationToken);
        }

        return sizes;
    }

    /// <summary>Returns the sum of distances in the order of the points, in single precision as in FAISS.</summary>
    public static float SumObjective(ReadOnlySpan<float> distances)
    {
        var sum = 0f;
        foreach (var distance in distances)
        {
            sum += distance;
        }

        return sum;
    }

    /// <summary>Adds points, times their weights unless these are null, to the sums of their clusters; points of clusters outside the range are skipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void AddPoints(
        float* points, float* weights, int* labels, int startPoint, int endPoint, int dimension, int startComponent, int endComponent, int startCluster, int endCluster, float* sums)
    {
        for (var i = startPoint; i < endPoint; i++)
        {
            var cluster = labels[i];
            if ((uint)(cluster - startCluster) >= (uint)(endCluster - startCluster))
            {
                continue;
            }

            var point = points + ((long)i * dimension);
            var sum = sums + ((long)cluster * dimension);
            var weight = weights == null ? 1 : weights[i];
            nint j = startComponent;
            for (; j <= endComponent - Vector<float>.Count; j += Vector<float>.Count)
            {
                var component = Vector.Load(point + j);
                Vector.Store((weights == null ? component : component * weight) + Vector.Load(sum + j), sum + j);
            }

            for (; j < endComponent; j++)
            {
                sum[j] += point[j] * weight;
            }
        }
    }

    // Multiplies by the reciprocal as FAISS does, unless the weight is so small that its reciprocal is infinite.
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

    private static float[] CountPoints(int[] labels, int clusters)
    {
        var counts = new int[clusters];
        foreach (var label in labels)
        {
            counts[label]++;
        }

        return ToSingle(counts);
    }

    private static float[] SumWeights(int[] labels, ReadOnlySpan<float> weights, int clusters)
    {
        var sums = new float[clusters];
        for (var i = 0; i < labels.Length; i++)
        {
            sums[labels[i]] += weights[i];
        }

        return sums;
    }

    // Counting in integers keeps clusters of more than 2²⁴ points exact.
    private static float[] ToSingle(int[] counts) => Array.ConvertAll(counts, count => (float)count);
}
