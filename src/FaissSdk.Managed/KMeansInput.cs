using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>The checks that stand before every k-means.</summary>
internal static class KMeansInput
{
    public static int Check(ReadOnlySpan<float> points, int dimension, int clusters, KMeansOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        CheckPositive(options, options.Iterations, nameof(options.Iterations));
        CheckPositive(options, options.Redos, nameof(options.Redos));
        CheckPositive(options, options.MinPointsPerCentroid, nameof(options.MinPointsPerCentroid));
        CheckPositive(options, options.MaxPointsPerCentroid, nameof(options.MaxPointsPerCentroid));
        if (options.Seed < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Seed, $"{nameof(options.Seed)} must be 0 or greater.");
        }

        if (!Enum.IsDefined(options.Backend))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Backend, $"{nameof(options.Backend)} is not a {nameof(KMeansBackend)}.");
        }

        var count = VectorShape.CountVectors(points, dimension, nameof(points));
        if (count < clusters)
        {
            throw new ArgumentException($"points holds {count} vectors, fewer than the {clusters} clusters asked for.", nameof(points));
        }

        if (!options.InitialCentroids.IsEmpty)
        {
            CheckInitialCentroids(dimension, clusters, options);
        }

        CheckFinite(points, dimension, nameof(points));
        return count;
    }

    public static void CheckFinite(ReadOnlySpan<float> vectors, int dimension, string parameter)
    {
        if (TensorPrimitives.IsFiniteAll(vectors))
        {
            return;
        }

        var i = 0;
        while (float.IsFinite(vectors[i]))
        {
            i++;
        }

        throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"{parameter} has {vectors[i]} in vector {i / dimension}, component {i % dimension}; k-means needs finite numbers."),
            parameter);
    }

    /// <summary>
    /// A squared distance is at most 4·max|x|², an objective n times that. Beyond float32 FAISS compares with infinities and
    /// NaN and writes labels that were never set.
    /// </summary>
    public static void CheckMagnitude(ReadOnlySpan<float> vectors, int dimension, long terms, string parameter)
    {
        // Components this small cannot get there, whatever their number.
        var largest = vectors.IsEmpty ? 0f : Math.Abs(TensorPrimitives.MaxMagnitude(vectors));
        if (4.0 * terms * dimension * largest * largest <= float.MaxValue)
        {
            return;
        }

        for (var start = 0; start < vectors.Length; start += dimension)
        {
            var norm = 0.0;
            foreach (var component in vectors.Slice(start, dimension))
            {
                norm += (double)component * component;
            }

            if (4.0 * terms * norm > float.MaxValue)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{parameter} has a vector of length {Math.Sqrt(norm):G3} (number {start / dimension}): sums of squared distances would overflow single precision. Scale the data down."),
                    parameter);
            }
        }
    }

    private static void CheckInitialCentroids(int dimension, int clusters, KMeansOptions options)
    {
        var name = nameof(options.InitialCentroids);
        if (options.InitialCentroids.Length != (long)clusters * dimension)
        {
            throw new ArgumentException($"{name} has {options.InitialCentroids.Length} components, expected {clusters} clusters × {dimension} dimensions = {(long)clusters * dimension}.", nameof(options));
        }

        if (options.Redos != 1)
        {
            throw new ArgumentException($"{name} leaves nothing to redo: {nameof(options.Redos)} is {options.Redos}, must be 1.", nameof(options));
        }

        CheckFinite(options.InitialCentroids.Span, dimension, name);
    }

    private static void CheckPositive(KMeansOptions options, int value, string name)
    {
        if (value <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), value, $"{name} must be 1 or greater.");
        }
    }
}
