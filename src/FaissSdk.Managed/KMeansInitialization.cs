namespace FaissSdk;

/// <summary>Which points a k-means starts from.</summary>
public enum KMeansInitialization
{
    /// <summary>Points drawn at random, as FAISS draws them.</summary>
    RandomPoints,

    /// <summary>k-means++: each point drawn with a probability that grows with its squared distance to those drawn before (D. Arthur and S. Vassilvitskii, SODA 2007).</summary>
    KMeansPlusPlus,
}
