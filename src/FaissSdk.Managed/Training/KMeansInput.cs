using System.Globalization;

namespace FaissSdk;

/// <summary>Checks the arguments of a k-means; <see cref="TrainingPoints"/> checks the values of the points.</summary>
internal static class KMeansInput
{
    public static int Check(ReadOnlySpan<float> points, int dimension, int clusters, KMeansOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        CheckOptions(options);
        var count = VectorShape.CountVectors(points, dimension, nameof(points));
        if (count < clusters)
        {
            throw new ArgumentException($"points holds {count} vectors, which is fewer than the {clusters} clusters requested.", nameof(points));
        }

        CheckVectors(count, dimension, clusters, options);
        return count;
    }

    /// <summary>Checks what does not depend on the points.</summary>
    public static void CheckOptions(KMeansOptions options)
    {
        CheckPositive(options, options.MaxIterations, nameof(options.MaxIterations));
        CheckPositive(options, options.Redos, nameof(options.Redos));
        CheckPositive(options, options.MinPointsPerCentroid, nameof(options.MinPointsPerCentroid));
        CheckPositive(options, options.MaxPointsPerCentroid, nameof(options.MaxPointsPerCentroid));
        if (options.Seed < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Seed, $"{nameof(options.Seed)} is {options.Seed}; it must be 0 or greater.");
        }

        if (options.MaxDegreeOfParallelism is 0 or < -1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxDegreeOfParallelism, $"{nameof(options.MaxDegreeOfParallelism)} is {options.MaxDegreeOfParallelism}; it must be 1 or greater, or -1 for the number of processors.");
        }

        if (!Enum.IsDefined(options.Backend))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Backend, $"{nameof(options.Backend)} is not a {nameof(KMeansBackend)}.");
        }

        if (!Enum.IsDefined(options.Initialization))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Initialization, $"{nameof(options.Initialization)} is not a {nameof(KMeansInitialization)}.");
        }

        if (!Enum.IsDefined(options.Summation))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Summation, $"{nameof(options.Summation)} is not a {nameof(KMeansSummation)}.");
        }

        if (options.Center && options.Spherical)
        {
            throw new ArgumentException($"{nameof(options.Center)} cannot be combined with {nameof(options.Spherical)}: directions are measured from the origin.", nameof(options));
        }

        if (!double.IsFinite(options.RelativeTolerance) || options.RelativeTolerance < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.RelativeTolerance, string.Create(CultureInfo.InvariantCulture, $"{nameof(options.RelativeTolerance)} is {options.RelativeTolerance}; it must be 0 or greater, and finite."));
        }
    }

    /// <summary>Checks the initial centroids and the weights for a number of points.</summary>
    public static void CheckVectors(int count, int dimension, int clusters, KMeansOptions options)
    {
        if (!options.InitialCentroids.IsEmpty)
        {
            CheckInitialCentroids(dimension, clusters, options);
        }

        if (!options.Weights.IsEmpty)
        {
            CheckWeights(count, options);
        }
    }

    /// <summary>Checks that an array holds the centroids of a training whose points are elsewhere, with the padding of their panels.</summary>
    public static void CheckCentroids(int clusters, int dimension)
    {
        var width = NearestCentroid.Fastest.PanelWidth;
        var padded = (clusters + (long)width - 1) / width * width * dimension;
        if (padded > Array.MaxLength - AlignedBuffer<float>.Padding)
        {
            throw Rejected(string.Create(CultureInfo.InvariantCulture, $"clusters is {clusters}: so many centroids of {dimension} dimensions have more components than an array holds."), nameof(clusters));
        }
    }

    /// <summary>Checks that an array holds a sample that is copied from elsewhere.</summary>
    /// <param name="used">The number of points of the sample.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    /// <param name="options">The options of the training.</param>
    public static void CheckSample(int used, int dimension, int clusters, KMeansOptions options)
    {
        if ((long)used * dimension > Array.MaxLength)
        {
            throw Rejected(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{nameof(options.MaxPointsPerCentroid)} is {options.MaxPointsPerCentroid}: a sample of {used} vectors of {dimension} dimensions has more components than an array holds. Set it to at most {Array.MaxLength / ((long)clusters * dimension)}, or to int.MaxValue to train on all vectors without holding them in memory."),
                nameof(options));
        }
    }

    /// <summary>Checks weights and returns their sum.</summary>
    public static double CheckWeights(ReadOnlySpan<float> weights, string name, string parameter)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] >= 0 && float.IsFinite(weights[i])
                ? weights[i]
                : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name}[{i}] is {weights[i]}; weights must be finite and at least 0."), parameter);
        }

        return sum;
    }

    /// <summary>Returns the exception for an argument of the public method.</summary>
    public static ArgumentException Rejected(string message, string parameter) => new(message, parameter);

    private static void CheckInitialCentroids(int dimension, int clusters, KMeansOptions options)
    {
        var name = nameof(options.InitialCentroids);
        if (options.InitialCentroids.Length != (long)clusters * dimension)
        {
            throw new ArgumentException($"{name} has {options.InitialCentroids.Length} components, expected {clusters} clusters × {dimension} dimensions = {(long)clusters * dimension}.", nameof(options));
        }

        if (options.Redos != 1)
        {
            throw new ArgumentException($"{nameof(options.Redos)} is {options.Redos}; it must be 1 with {name}, as every redo would start from the same centroids.", nameof(options));
        }

        VectorValues.CheckFinite(options.InitialCentroids.Span, dimension, name, nameof(options));
    }

    private static void CheckWeights(int count, KMeansOptions options)
    {
        var name = nameof(options.Weights);
        var weights = options.Weights.Span;
        if (weights.Length != count)
        {
            throw new ArgumentException($"{name} has {weights.Length} elements, expected one for each of the {count} points.", nameof(options));
        }

        if (CheckWeights(weights, name, nameof(options)) == 0)
        {
            throw new ArgumentException($"{name} are all zero; at least one must be positive.", nameof(options));
        }
    }

    private static void CheckPositive(KMeansOptions options, int value, string name)
    {
        if (value <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), value, $"{name} is {value}; it must be 1 or greater.");
        }
    }
}
