namespace FaissSdk;

/// <summary>Which implementation trains a k-means.</summary>
public enum KMeansBackend
{
    /// <summary>The native FAISS library when there is one, the managed implementation otherwise.</summary>
    Auto,

    /// <summary>FAISS's <c>Clustering</c> through its C API.</summary>
    Native,

    /// <summary>The same algorithm in C#, without native code.</summary>
    Managed,
}
