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

        if (options.MaxDegreeOfParallelism is 0 or < -1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxDegreeOfParallelism, $"{nameof(options.MaxDegreeOfParallelism)} must be 1 or greater, or -1 for as many threads as there are processors.");
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

        VectorValues.CheckFinite(points, dimension, nameof(points));
        return count;
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

        VectorValues.CheckFinite(options.InitialCentroids.Span, dimension, name, nameof(options));
    }

    private static void CheckPositive(KMeansOptions options, int value, string name)
    {
        if (value <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), value, $"{name} must be 1 or greater.");
        }
    }
}
