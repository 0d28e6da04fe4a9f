using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a graph of one level, built at once, that links each vector to near ones in different directions (FAISS: <c>IndexNSG</c>; Fu, Xiang, Wang and Cai, 2019).</summary>
public class IndexNSG : FaissIndex
{
    internal IndexNSG(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the number of links of a vector, R.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int R => (int)ReadSetting(IndexSetting.Links);

    /// <summary>Gets or sets the number of candidates that a search considers (FAISS: <c>search_L</c>; 16 by default), but at least the number of neighbors requested. More find more of the nearest vectors in more time. It may be set at any time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or greater than 2²⁰.</exception>
    /// <exception cref="InvalidOperationException">The value is greater than both the number of vectors and 101.</exception>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int SearchL
    {
        get => (int)ReadSetting(IndexSetting.SearchWidth);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1 << 20);
            if (value > Math.Max(Count, GraphLinks.MinVectors) && KnownDefects.GraphsOfFewVectors.IsPresent)
            {
                throw new InvalidOperationException($"The graph has {Count} vectors, and a search for {value} candidates would never end: add vectors first, or set at most {Math.Max(Count, GraphLinks.MinVectors)}.");
            }

            WriteSetting(IndexSetting.SearchWidth, value);
        }
    }

    /// <summary>Gets the index that stores the vectors; it is disposed with this index, and changed through it only.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Storage => PartOf("storage");
}
