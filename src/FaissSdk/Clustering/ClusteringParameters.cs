using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>Represents the parameters of a <see cref="Clustering"/>; the defaults are FAISS's (FAISS: <c>ClusteringParameters</c>).</summary>
public sealed record ClusteringParameters
{
    /// <summary>Gets the number of iterations of each redo (FAISS: <c>niter</c>); 0 leaves the centroids unchanged.</summary>
    public int Iterations { get; init; } = 25;

    /// <summary>Gets the number of runs from different starts, of which the best objective wins (FAISS: <c>nredo</c>).</summary>
    public int Redos { get; init; } = 1;

    /// <summary>Gets a value indicating whether FAISS prints its progress, to the listeners of <see cref="FaissDiagnostics.MessagePrinted"/> or, without one, to <see cref="Console.Out"/>.</summary>
    public bool Verbose { get; init; }

    /// <summary>Gets a value indicating whether centroids are normalized to unit length after every iteration.</summary>
    public bool Spherical { get; init; }

    /// <summary>Gets a value indicating whether centroids are rounded to integers after every iteration.</summary>
    public bool IntegerCentroids { get; init; }

    /// <summary>Gets a value indicating whether the assigning index is trained anew after every iteration.</summary>
    public bool UpdateIndex { get; init; }

    /// <summary>Gets a value indicating whether centroids given as input stay as they are.</summary>
    public bool FrozenCentroids { get; init; }

    /// <summary>Gets the number of points per centroid below which FAISS warns (<see cref="FaissDiagnostics.MessagePrinted"/>).</summary>
    public int MinPointsPerCentroid { get; init; } = 39;

    /// <summary>Gets the number of points per centroid above which FAISS trains on a random sample.</summary>
    public int MaxPointsPerCentroid { get; init; } = 256;

    /// <summary>Gets the seed of the random numbers, 0 or greater.</summary>
    public int Seed { get; init; } = 1234;

    /// <summary>Gets the number of vectors decoded at a time when training on encoded vectors.</summary>
    public int DecodeBlockSize { get; init; } = 32768;

    /// <summary>Returns the defaults of the loaded FAISS.</summary>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public static unsafe ClusteringParameters FromLibrary()
    {
        FaissClusteringParameters native;
        FaissNative.faiss_ClusteringParameters_init(&native);
        return new ClusteringParameters
        {
            Iterations = native.niter,
            Redos = native.nredo,
            Verbose = native.verbose != 0,
            Spherical = native.spherical != 0,
            IntegerCentroids = native.int_centroids != 0,
            UpdateIndex = native.update_index != 0,
            FrozenCentroids = native.frozen_centroids != 0,
            MinPointsPerCentroid = native.min_points_per_centroid,
            MaxPointsPerCentroid = native.max_points_per_centroid,
            Seed = native.seed,
            DecodeBlockSize = (int)native.decode_block_size,
        };
    }

    internal static unsafe ClusteringParameters Of(FaissClustering* clustering) => new()
    {
        Iterations = FaissNative.faiss_Clustering_niter(clustering),
        Redos = FaissNative.faiss_Clustering_nredo(clustering),
        Verbose = FaissNative.faiss_Clustering_verbose(clustering) != 0,
        Spherical = FaissNative.faiss_Clustering_spherical(clustering) != 0,
        IntegerCentroids = FaissNative.faiss_Clustering_int_centroids(clustering) != 0,
        UpdateIndex = FaissNative.faiss_Clustering_update_index(clustering) != 0,
        FrozenCentroids = FaissNative.faiss_Clustering_frozen_centroids(clustering) != 0,
        MinPointsPerCentroid = FaissNative.faiss_Clustering_min_points_per_centroid(clustering),
        MaxPointsPerCentroid = FaissNative.faiss_Clustering_max_points_per_centroid(clustering),
        Seed = FaissNative.faiss_Clustering_seed(clustering),
        DecodeBlockSize = (int)FaissNative.faiss_Clustering_decode_block_size(clustering),
    };

    /// <param name="parameter">The parameter of the public method, which an exception names.</param>
    internal FaissClusteringParameters ToNative(string parameter)
    {
        CheckMin(Iterations, 0, nameof(Iterations), parameter);
        CheckMin(Redos, 1, nameof(Redos), parameter);
        CheckMin(MinPointsPerCentroid, 1, nameof(MinPointsPerCentroid), parameter);
        CheckMin(MaxPointsPerCentroid, 1, nameof(MaxPointsPerCentroid), parameter);
        CheckMin(DecodeBlockSize, 1, nameof(DecodeBlockSize), parameter);
        CheckMin(Seed, 0, nameof(Seed), parameter);
        PrintedMessages.ShowReports(Verbose);
        return new FaissClusteringParameters
        {
            niter = Iterations,
            nredo = Redos,
            verbose = Verbose ? 1 : 0,
            spherical = Spherical ? 1 : 0,
            int_centroids = IntegerCentroids ? 1 : 0,
            update_index = UpdateIndex ? 1 : 0,
            frozen_centroids = FrozenCentroids ? 1 : 0,
            min_points_per_centroid = MinPointsPerCentroid,
            max_points_per_centroid = MaxPointsPerCentroid,
            seed = Seed,
            decode_block_size = (nuint)DecodeBlockSize,
        };
    }

    private static void CheckMin(int value, int min, string property, string parameter)
    {
        if (value < min)
        {
            throw new ArgumentOutOfRangeException(parameter, value, $"{property} must be {min} or greater.");
        }
    }
}
