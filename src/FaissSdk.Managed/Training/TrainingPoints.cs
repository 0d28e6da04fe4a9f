using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>What a training works on: the sample, its weights and the start, all without the mean where that is asked for.</summary>
internal readonly ref struct TrainingPoints
{
    /// <summary>The points used (m × d).</summary>
    public ReadOnlySpan<float> Points { get; private init; }

    /// <summary>Their |x|² (m).</summary>
    public float[] Norms { get; private init; }

    /// <summary>Their weights (m), or empty.</summary>
    public ReadOnlySpan<float> Weights { get; private init; }

    /// <summary>The centroids to start from (k × d), or empty.</summary>
    public ReadOnlySpan<float> InitialCentroids { get; private init; }

    /// <summary>What was subtracted (d), or null.</summary>
    public float[]? Mean { get; private init; }

    /// <exception cref="ArgumentException">A component is NaN or infinite, sums of squared distances would overflow, or no point used has weight.</exception>
    public static TrainingPoints Take(ReadOnlySpan<float> points, int dimension, int clusters, int used, KMeansOptions options)
    {
        var count = points.Length / dimension;
        if (used < count || options.Center)
        {
            // Not all of them, or not as they are, are looked at below.
            VectorValues.CheckFinite(points, dimension, nameof(points));
        }

        var sample = points;
        var weights = options.Weights.Span;
        var initial = options.InitialCentroids.Span;
        if (used == clusters)
        {
            // FAISS copies the first k points as they were given, even where a sample of k was asked for.
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
        var centred = Without(mean, sample);
        var centredInitial = Without(mean, initial);
        var centredNorms = CheckMagnitude(centred, centredInitial, dimension, used, options);
        return new TrainingPoints { Points = centred, Norms = centredNorms, Weights = weights, InitialCentroids = centredInitial, Mean = mean };
    }

    /// <summary>Vectors (n × d) less a mean (d).</summary>
    public static float[] Without(ReadOnlySpan<float> mean, ReadOnlySpan<float> vectors)
    {
        var less = new float[vectors.Length];
        for (var start = 0; start < vectors.Length; start += mean.Length)
        {
            TensorPrimitives.Subtract(vectors.Slice(start, mean.Length), mean, less.AsSpan(start));
        }

        return less;
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
