namespace FaissSdk;

/// <summary>Specifies the implementation that trains a k-means.</summary>
public enum KMeansBackend
{
    /// <summary>The native FAISS library if it is available, the managed implementation otherwise.</summary>
    Auto,

    /// <summary>FAISS's <c>Clustering</c> through its C API.</summary>
    Native,

    /// <summary>The same algorithm in C#, without native code.</summary>
    Managed,
}
