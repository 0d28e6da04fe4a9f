namespace FaissSdk;

/// <summary>Specifies how inverted lists find a vector by its id (FAISS: <c>DirectMap::Type</c>).</summary>
public enum DirectMapType
{
    /// <summary>There is no table.</summary>
    None,

    /// <summary>An array, for ids from 0 to n − 1: 8 bytes per vector. Vectors cannot be removed, nor added with ids.</summary>
    Array,

    /// <summary>A hash table, for any ids that differ from each other: about 40 bytes per vector. Vectors are removed without a scan of all lists.</summary>
    Hashtable,
}
