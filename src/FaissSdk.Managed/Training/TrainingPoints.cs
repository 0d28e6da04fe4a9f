using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Represents the input of a training: the sample, its weights and the initial centroids, less the mean if <see cref="KMeansOptions.Center"/> is set.</summary>
internal readonly ref struct TrainingPoints
{
    /// <summary>Gets the points used (m × d).</summary>
    public ReadOnlySpan<float> Points { get; private init; }

    /// <summary>Gets the |x|² of the points (m).</summary>
    public float[] Norms { get; private init; }

    /// <summary>Gets the weights of the points (m), scaled so that their mean is from 1 to 2, or empty if they are all equal.</summary>
    public ReadOnlySpan<float> Weights { get; private init; }

    /// <summary>Gets the factor that converts an objective with these weights to one with the given weights.</summary>
    public double ObjectiveScale { get; private init; }

    /// <summary>Gets the initial centroids (k × d), or empty.</summary>
    public ReadOnlySpan<float> InitialCentroids { get; private init; }

    /// <summary>Gets the mean that was subtracted (d), or null.</summary>
    public float[]? Mean { get; private init; }

    /// <summary>Samples, checks and centers the points.</summary>
    /// <exception cref="ArgumentException">A component is NaN or infinite, or sums of squared distances would overflow.</exception>
    public static TrainingPoints Take(ReadOnlySpan<float> points, int dimension, int clusters, int used, KMeansOptions options)
    {
        var count = points.Length / dimension;
        if (used < count || options.Center)
        {
            // The check below covers only the sample, after centering.
            VectorValues.CheckFinite(points, dimension, nameof(points));
        }

        var sample = points;
        var weights = TrainingWeights.Of(options.Weights.Span);
        if (used < count && weights.AreDifferent)
        {
            weights = weights.Sample(used, options.Seed, out var rows);
            sample = RandomSample.Gather(points, dimension, rows);
        }
        else if (used == clusters)
        {
            // FAISS copies the first k points, even if it was to sample k of more points.
            sample = points[..(clusters * dimension)];
        }
        else if (used < count)
        {
            sample = RandomSample.Subsample(points, dimension, used, options.Seed);
        }

        return Of(sample, weights, dimension, options);
    }

    /// <summary>Checks and centers the points of a sample, or all points.</summary>
    /// <param name="sample">The points (m × d).</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="options">The options of the training.</param>
    /// <param name="name">The name of the argument that the points come from.</param>
    /// <exception cref="ArgumentException">A component is NaN or infinite, or sums of squared distances would overflow.</exception>
    public static TrainingPoints Of(ReadOnlySpan<float> sample, TrainingWeights weights, int dimension, KMeansOptions options, string name = "points")
    {
        var initial = options.InitialCentroids.Span;
        if (!options.Center)
        {
            var norms = CheckMagnitude(sample, initial, dimension, weights, options, name, areFinite: false);
            return new TrainingPoints { Points = sample, Norms = norms, Weights = weights.Values, ObjectiveScale = weights.Scale, InitialCentroids = initial };
        }

        var mean = MeanOf(sample, weights.Values, dimension, round: options.IntegerCentroids);
        var centered = SubtractMean(mean, sample);
        var centeredInitial = SubtractMean(mean, initial);
        var centeredNorms = CheckMagnitude(centered, centeredInitial, dimension, weights, options, name, areFinite: true);
        return new TrainingPoints { Points = centered, Norms = centeredNorms, Weights = weights.Values, ObjectiveScale = weights.Scale, InitialCentroids = centeredInitial, Mean = mean };
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

    // Finite points less their mean may be infinite.
    private static float[] CheckMagnitude(ReadOnlySpan<float> points, ReadOnlySpan<float> initial, int dimension, TrainingWeights weights, KMeansOptions options, string name, bool areFinite)
    {
        // The mean of the weights is less than 2.
        var used = points.Length / dimension;
        var terms = weights.AreDifferent ? 2L * used : used;
        var norms = VectorValues.CheckFiniteAndMagnitude(points, dimension, terms, options.Threads, name, areFinite);
        CheckMagnitude(TensorPrimitives.Max<float>(norms), initial, dimension, terms, weights, options);
        return norms;
    }

    /// <summary>Checks the initial centroids, and the weights of points whose largest |x|² is known.</summary>
    public static void CheckMagnitude(double maxNorm, ReadOnlySpan<float> initial, int dimension, long terms, TrainingWeights weights, KMeansOptions options)
    {
        VectorValues.CheckMagnitude(initial, dimension, terms, nameof(options.InitialCentroids), nameof(options));
        if (weights.Scale > 1 && 4.0 * terms * weights.Scale * Math.Max(maxNorm, SquaredLength(initial, dimension)) > float.MaxValue)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{nameof(options.Weights)} have a sum of {weights.Sum:G3}: the weighted sum of squared distances would overflow single precision. Scale the weights down."),
                nameof(options));
        }
    }

    /// <summary>Returns the largest |x|² of vectors (n × d), or 0 if there are none.</summary>
    private static double SquaredLength(ReadOnlySpan<float> vectors, int dimension)
    {
        var max = 0.0;
        for (var start = 0; start < vectors.Length; start += dimension)
        {
            max = Math.Max(max, VectorNorms.Precise(vectors.Slice(start, dimension)));
        }

        return max;
    }

    private static float[] MeanOf(ReadOnlySpan<float> vectors, ReadOnlySpan<float> weights, int dimension, bool round)
    {
        var sums = new double[dimension];
        var total = 0.0;
        for (var i = 0; i < vectors.Length / dimension; i++)
        {
            var weight = weights.IsEmpty ? 1.0 : weights[i];
            total += weight;
            for (var j = 0; j < dimension; j++)
            {
                sums[j] += weight * vectors[(i * dimension) + j];
            }
        }

        return Array.ConvertAll(sums, sum => (float)(round ? Math.Round(sum / total) : sum / total));
    }
}
