namespace FaissSdk;

/// <summary>Specifies how an index compares vectors; the values are FAISS's (FAISS: <c>MetricType</c>).</summary>
/// <remarks>All kinds of indexes compare by <see cref="L2"/>, most by <see cref="InnerProduct"/>, and those that store vectors unchanged by the others.</remarks>
public enum MetricType
{
    /// <summary>Inner product x·y; larger is nearer.</summary>
    InnerProduct = 0,

    /// <summary>Squared Euclidean distance Σ (xᵢ − yᵢ)².</summary>
    L2 = 1,

    /// <summary>Manhattan distance Σ |xᵢ − yᵢ|.</summary>
    L1 = 2,

    /// <summary>Chebyshev distance max |xᵢ − yᵢ|.</summary>
    Linf = 3,

    /// <summary>Σ |xᵢ − yᵢ|ᵖ, of indexes of <c>FaissIndex.CreateLp</c>.</summary>
    Lp = 4,

    /// <summary>Canberra distance Σ |xᵢ − yᵢ| / (|xᵢ| + |yᵢ|), of vectors without components of 0.</summary>
    Canberra = 20,

    /// <summary>Bray–Curtis dissimilarity Σ |xᵢ − yᵢ| / Σ |xᵢ + yᵢ|, of vectors other than 0; in inverted lists without components below 0.</summary>
    BrayCurtis = 21,

    /// <summary>Jensen–Shannon divergence, of vectors with positive components.</summary>
    JensenShannon = 22,

    /// <summary>Jaccard similarity Σ min(xᵢ, yᵢ) / Σ max(xᵢ, yᵢ), of vectors other than 0 without components below 0; larger is nearer. FAISS 1.15.0 or later.</summary>
    Jaccard = 23,

    /// <summary>d / m · Σ (xᵢ − yᵢ)² over the m components that are NaN in neither of the vectors, which only flat indexes hold. FAISS 1.15.0 or later.</summary>
    NaNEuclidean = 24,

    /// <summary>Gower's distance 1 / m · Σ sᵢ over the m components that are NaN in neither of the vectors, which only flat indexes hold (Gower 1971): sᵢ = |xᵢ − yᵢ| for numbers from 0 to 1, and 0 or 1 for equal or different categories, which are integers below 0. FAISS 1.15.0 or later.</summary>
    Gower = 25,
}

/// <summary>Provides properties of metrics.</summary>
internal static class MetricTypes
{
    /// <summary>Determines whether larger numbers are nearer.</summary>
    public static bool IsSimilarity(this MetricType metric) => metric is MetricType.InnerProduct or MetricType.Jaccard;
}
