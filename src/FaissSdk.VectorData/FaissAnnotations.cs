namespace FaissSdk.VectorData;

/// <summary>Provides the names of the provider annotations that configure the index of a vector property.</summary>
/// <remarks>They belong in <c>VectorStoreProperty.ProviderAnnotations</c>.</remarks>
public static class FaissAnnotations
{
    /// <summary>The factory string of the index, such as <c>IVF1024,SQ8</c>, instead of the one that the index kind implies; a <see cref="string"/>.</summary>
    public const string Factory = "FaissSdk:Factory";

    /// <summary>The number of inverted lists that a search visits; an <see cref="int"/> of at least 1.</summary>
    public const string NProbe = "FaissSdk:NProbe";

    /// <summary>The number of candidates that a search of a graph keeps; an <see cref="int"/> of at least 1. A search keeps more if it returns many results.</summary>
    public const string EfSearch = "FaissSdk:EfSearch";
}
