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
}
