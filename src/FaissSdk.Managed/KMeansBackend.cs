namespace FaissSdk;

/// <summary>Specifies the implementation that trains a k-means.</summary>
public enum KMeansBackend
{
    /// <summary>The native FAISS library if it is available, the managed implementation otherwise.</summary>
    Auto,

    /// <summary>FAISS through its C API: its <c>Clustering</c> with <see cref="KMeansSummation.SinglePrecision"/>; otherwise FAISS assigns the points, and the managed implementation computes the means.</summary>
    Native,

    /// <summary>The same algorithm in C#, without native code.</summary>
    Managed,

    /// <summary>FAISS's <c>SuperKMeans</c> (Kuffo, Hepkema and Boncz, arXiv:2603.20009), which leaves out centroids by a statistical test, so that a few points may miss their nearest centroid: for squared distances and 32 components or more. Never chosen by <see cref="Auto"/>; FAISS 1.15.0 or later.</summary>
    /// <remarks>
    /// It does not support <see cref="KMeansOptions.Weights"/>, <see cref="KMeansOptions.InitialCentroids"/>, k-means++,
    /// <see cref="KMeansOptions.Spherical"/>, <see cref="KMeansOptions.IntegerCentroids"/>, <see cref="KMeansOptions.RelativeTolerance"/> or double precision.
    /// It trains all iterations of a redo in one call that cannot be canceled, and reports them afterwards. It does not count the points of
    /// clusters: <see cref="KMeansIteration.Imbalance"/> is NaN except in the last iteration, where it is that of the final centroids.
    /// </remarks>
    SuperKMeans,
}
