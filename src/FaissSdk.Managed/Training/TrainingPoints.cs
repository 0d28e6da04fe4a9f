using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Represents the input of a training: the sample, its weights and the initial centroids, less the mean if <see cref="KMeansOptions.Center"/> is set.</summary>
internal readonly ref struct TrainingPoints
{
    /// <summary>Gets the points used (m × d).</summary>
    public ReadOnlySpan<float> Points { get; private init; }

    /// <summary>Gets the |x|² of the points (m).</summary>
    public float[] Norms { get; private init; }

    /// <summary>Gets the weights of the points (m), or empty.</summary>
    public ReadOnlySpan<float> Weights { get; private init; }

    /// <summary>Gets the initial centroids (k × d), or empty.</summary>
    public ReadOnlySpan<float> InitialCentroids { get; private init; }

    /// <summary>Gets the mean that was subtracted (d), or null.</summary>
    public float[]? Mean { get; private init; }

    /// <summary>Samples, checks and centers the points.</summary>
    /// <exception cref="ArgumentException">A component is NaN or infinite, sums of squared distances would overflow, or all points of the sample have weight 0.</exception>
    public static TrainingPoints Take(ReadOnlySpan<float> points, int dimension, int clusters, int used, KMeansOptions options)
    {
        var count = points.Length / dimension;
        if (used < count || options.Center)
        {
            // The check below covers only the sample, after centering.
            VectorValues.CheckFinite(points, dimension, nameof(points));
        }

        var sample = points;
        var weights = options.Weights.Span;
        var initial = options.InitialCentroids.Span;
        if (used == clusters)
        {
            // FAISS copies the first k points, even if it was to sample k of more points.
            sample = points[..(clusters * dimension)];
        }
        else if (used < count)
        {
            var rows = RandomSample.SubsampleRows(count, used, options.Seed);
            sample = RandomSample.Gather(points, dimension, rows);
            weights = weights.IsEmpty ? weights : RandomSample.Gather(weights, 1, rows);
            if (!weights.IsEmpty && !weights.ContainsAnyExcept(0f))
            {
                throw new ArgumentException($"{nameof(options.Weights)} are all zero in the sample of {used} points.", nameof(options));
            }
        }

        if (!options.Center)
        {
            var norms = CheckMagnitude(sample, initial, dimension, used, options);
            return new TrainingPoints { Points = sample, Norms = norms, Weights = weights, InitialCentroids = initial };
        }

        var mean = MeanOf(sample, dimension, round: options.IntegerCentroids);
        var centered = SubtractMean(mean, sample);
        var centeredInitial = SubtractMean(mean, initial);
        var centeredNorms = CheckMagnitude(centered, centeredInitial, dimension, used, options);
        return new TrainingPoints { Points = centered, Norms = centeredNorms, Weights = weights, InitialCentroids = centeredInitial, Mean = mean };
    }

    /// <summary>Returns vectors (n × d) less a mean (d).</summary>
    public static float[] SubtractMean(ReadOnlySpan<float> mean, ReadOnlySpan<float> vectors)
    {
        var centered = new float[vectors.Length];
        for (var start = 0; start < vectors.Length; start += mean.Length)
        {
            TensorPrimitives.Subtract(vectors.Slice(start, mean.Length), mean, centered.AsSpan(start));
        }

        return centered;
    }

    private static float[] CheckMagnitude(ReadOnlySpan<float> points, ReadOnlySpan<float> initial, int dimension, int used, KMeansOptions options)
    {
        var norms = VectorValues.CheckFiniteAndMagnitude(points, dimension, used, options.Threads, nameof(points));
        VectorValues.CheckMagnitude(initial, dimension, used, nameof(options.InitialCentroids), nameof(options));
        return norms;
    }

    private static float[] MeanOf(ReadOnlySpan<float> vectors, int dimension, bool round)
    {
        var sums = new double[dimension];
        for (var start = 0; start < vectors.Length; start += dimension)
        {
            for (var j = 0; j < dimension; j++)
            {
                sums[j] += vectors[start + j];
            }
        }

        var count = vectors.Length / dimension;
        return Array.ConvertAll(sums, sum => (float)(round ? Math.Round(sum / count) : sum / count));
    }
}
