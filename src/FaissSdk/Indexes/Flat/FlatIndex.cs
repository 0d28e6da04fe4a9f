using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Creates exact indexes, by FAISS if the native library is available and in managed code otherwise.</summary>
public static class FlatIndex
{
    /// <summary>Creates an index that compares every query with all vectors.</summary>
    /// <remarks>Components stored as bytes are always compared in managed code, because FAISS would round queries to bytes as well; so are those stored as <see cref="VectorStorage.Half"/> with FAISS before 1.9.0, which has no range search for them. <see cref="ManagedFlatIndex"/> and <see cref="IndexFlat"/> choose one of the two explicitly.</remarks>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="metric">The metric: <see cref="MetricType.L2"/> or <see cref="MetricType.InnerProduct"/>.</param>
    /// <param name="storage">How components are stored.</param>
    /// <returns>An index without vectors.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0, negative or greater than 131,072, <paramref name="metric"/> is neither of these, or <paramref name="storage"/> is not a <see cref="VectorStorage"/>.</exception>
    public static IFlatIndex Create(int dimension, MetricType metric = MetricType.L2, VectorStorage storage = VectorStorage.Unchanged) =>
        Choose(new ManagedFlatIndex(dimension, metric, storage));

    /// <summary>Creates an index that scales vectors and queries to length 1, and compares them by inner product.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="storage">How components are stored: <see cref="VectorStorage.Unchanged"/> or <see cref="VectorStorage.Half"/>.</param>
    /// <returns>An index without vectors.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0, negative or greater than 131,072, or <paramref name="storage"/> is neither of these.</exception>
    public static IFlatIndex CreateCosine(int dimension, VectorStorage storage = VectorStorage.Unchanged) =>
        Choose(ManagedFlatIndex.CreateCosine(dimension, storage));

    // The managed index has checked the arguments.
    private static IFlatIndex Choose(ManagedFlatIndex index)
    {
        if (!FaissLibrary.IsAvailable || index.Storage == VectorStorage.Byte || (index.Storage == VectorStorage.Half && KnownDefects.ScalarQuantizerRanges.IsPresent))
        {
            return index;
        }

        using (index)
        {
            return new NativeFlatIndex(index.Dimension, index.Metric, index.Storage, index.Normalizes);
        }
    }
}
