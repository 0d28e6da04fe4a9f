namespace FaissSdk;

/// <summary>Specifies the precision in which a k-means adds up the points of a cluster.</summary>
public enum KMeansSummation
{
    /// <summary>
    /// Single precision, as in FAISS, where its error bound is small, and double precision elsewhere: for clusters of n points whose bound n·2⁻²⁴·R exceeds r/100 + R/2¹⁶, where r is the root mean square of the
    /// distances to the mean and R that of the lengths; for objectives of more than 167,772 points; and with different <see cref="KMeansOptions.Weights"/>.
    /// </summary>
    Auto,

    /// <summary>Single precision in the order of the points, as in FAISS. The error of a mean is at most n·2⁻²⁴·R, which for large clusters far from the origin can exceed the size of the cluster. Native FAISS also counts in single precision, so its mean of more than 2²⁴ points is wrong.</summary>
    SinglePrecision,

    /// <summary>Double precision: each component of a mean is rounded once.</summary>
    DoublePrecision,
}
