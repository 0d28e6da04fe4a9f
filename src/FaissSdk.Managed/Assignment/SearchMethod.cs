namespace FaissSdk;

/// <summary>Specifies how a search finds the centroids that may be nearest; the result is the same bit for bit.</summary>
internal enum SearchMethod
{
    /// <summary>All centroids are scored in single precision.</summary>
    Single,

    /// <summary>Integer scores exclude most centroids.</summary>
    Integer,

    /// <summary>Integer scores of the components of highest variance, plus a bound for the remaining ones, exclude most centroids.</summary>
    Projected,

    /// <summary>Bounds kept from the previous search exclude most centroids.</summary>
    Bounds,
}
