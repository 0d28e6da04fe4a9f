using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Describes what FAISS's SuperKMeans lacks, in terms of the command's options.</summary>
internal static class SuperKMeansOptions
{
    /// <summary>Throws if SuperKMeans lacks an option that the user gave.</summary>
    /// <exception cref="UsageException">SuperKMeans lacks an option.</exception>
    public static void Check(KMeansOptions options)
    {
        if (Missing(options) is { } missing)
        {
            throw new UsageException($"--backend superkmeans does not serve {missing}; remove the option, or choose --backend native or managed.");
        }
    }

    /// <summary>Throws if the vectors have too few components.</summary>
    /// <exception cref="UsageException">The vectors have fewer than 32 components.</exception>
    public static void Check(VectorSource input, int dimension)
    {
        if (dimension < SuperKMeansEngine.MinDimension)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--backend superkmeans needs vectors of {SuperKMeansEngine.MinDimension} components or more, and those of {input} have {dimension}; choose --backend native or managed."));
        }
    }

    /// <summary>Returns the first of the command's options that SuperKMeans lacks; null if it supports all.</summary>
    public static string? Missing(KMeansOptions options) =>
        options.Spherical ? "--spherical"
        : options.IntegerCentroids ? "--integer-centroids"
        : options.Initialization != KMeansInitialization.RandomPoints ? "--init kmeans++"
        : options.Summation == KMeansSummation.DoublePrecision ? "--sums double"
        : null;
}
