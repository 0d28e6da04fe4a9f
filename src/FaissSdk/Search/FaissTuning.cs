using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>Gets and sets how FAISS's exact searches compute distances.</summary>
/// <remarks>The settings apply to the whole process. Change them only while no search runs.</remarks>
public static class FaissTuning
{
    private const int MaxDistances = 1 << 28;

    /// <summary>Gets or sets the number of queries from which a search multiplies matrices by BLAS instead of comparing vectors one by one (FAISS: <c>distance_compute_blas_threshold</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public static int BlasThreshold
    {
        get => FaissNative.faiss_get_distance_compute_blas_threshold();
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            FaissNative.faiss_set_distance_compute_blas_threshold(value);
        }
    }

    /// <summary>Gets or sets the number of queries in a block of such a multiplication (FAISS: <c>distance_compute_blas_query_bs</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or a block of so many queries and vectors has more than 2²⁸ distances.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public static int BlasQueryBlockSize
    {
        get => FaissNative.faiss_get_distance_compute_blas_query_bs();
        set
        {
            CheckBlock(value, BlasDatabaseBlockSize, nameof(value));
            FaissNative.faiss_set_distance_compute_blas_query_bs(value);
        }
    }

    /// <summary>Gets or sets the number of stored vectors in a block of such a multiplication (FAISS: <c>distance_compute_blas_database_bs</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or a block of so many queries and vectors has more than 2²⁸ distances.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public static int BlasDatabaseBlockSize
    {
        get => FaissNative.faiss_get_distance_compute_blas_database_bs();
        set
        {
            CheckBlock(value, BlasQueryBlockSize, nameof(value));
            FaissNative.faiss_set_distance_compute_blas_database_bs(value);
        }
    }

    /// <summary>Gets or sets the number of neighbors from which a reservoir collects them instead of a heap (FAISS: <c>distance_compute_min_k_reservoir</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public static int MinReservoirNeighbors
    {
        get => FaissNative.faiss_get_distance_compute_min_k_reservoir();
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            FaissNative.faiss_set_distance_compute_min_k_reservoir(value);
        }
    }

    // A search allocates memory for the distances of a block.
    private static void CheckBlock(int value, int other, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxDistances / Math.Max(1, other), parameter);
    }
}
