namespace FaissSdk;

/// <summary>How the centroids that may be nearest are found; the result is the same, bit for bit.</summary>
internal enum SearchWay
{
    /// <summary>All are scored in single precision.</summary>
    Single,

    /// <summary>Integer scores leave few.</summary>
    Integer,

    /// <summary>Integer scores of the components of most variance, with a bound for the rest, leave few.</summary>
    Projected,

    /// <summary>Bounds kept from the search before leave few.</summary>
    Bounds,
}
