namespace FaissSdk;

/// <summary>Specifies how a k-means chooses its initial centroids.</summary>
public enum KMeansInitialization
{
    /// <summary>Points drawn uniformly at random, as FAISS draws them.</summary>
    RandomPoints,

    /// <summary>k-means++: each point is drawn with a probability proportional to its weight times its squared distance to the nearest point drawn before (D. Arthur and S. Vassilvitskii, SODA 2007).</summary>
    KMeansPlusPlus,
}
