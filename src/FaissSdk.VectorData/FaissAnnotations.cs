namespace FaissSdk.VectorData;

/// <summary>Names the provider annotations of a vector property that set what its index is.</summary>
/// <remarks>They belong in <c>VectorStoreProperty.ProviderAnnotations</c>.</remarks>
public static class FaissAnnotations
{
    /// <summary>The factory string of the index, such as <c>IVF1024,SQ8</c>, instead of one by the index kind; a <see cref="string"/>.</summary>
    public const string Factory = "FaissSdk:Factory";

    /// <summary>The number of inverted lists that a search visits; an <see cref="int"/> of at least 1.</summary>
    public const string NProbe = "FaissSdk:NProbe";

    /// <summary>The number of candidates that a search of a graph keeps; an <see cref="int"/> of at least 1. Twice the number of results is the least.</summary>
    public const string EfSearch = "FaissSdk:EfSearch";
}
