using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a graph with several levels, which links each vector to near ones and is searched from the top level down (FAISS: <c>IndexHNSW</c>; Malkov and Yashunin, 2016).</summary>
public class IndexHNSW : FaissIndex
{
    private protected const int MinLinks = 2;
    private protected const int DefaultLinks = 32;

    internal IndexHNSW(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the number of links of a vector in each level, M; the lowest level has twice as many.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int M => (int)ReadSetting(IndexSetting.Links);

    /// <summary>Gets or sets the number of candidates that are considered for the links of a vector that is added (FAISS: <c>efConstruction</c>; 40 by default). More give a better graph in more time; vectors that are linked already keep their links.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or greater than 2²⁰.</exception>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions, which read the number.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int EfConstruction
    {
        get => (int)ReadSetting(IndexSetting.ConstructionWidth);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            SetParameter("efConstruction", value);
        }
    }

    /// <summary>Gets or sets the number of candidates that a search keeps (FAISS: <c>efSearch</c>; 16 by default). More find more of the nearest vectors in more time.</summary>
    /// <remarks>A search stops once as many candidates are nearer than the next, even if more neighbors are requested: set it to k or more. It may be set at any time; <see cref="SearchParametersHNSW"/> sets it for a single search.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or greater than 2²⁰.</exception>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions, which read the number.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int EfSearch
    {
        get => (int)ReadSetting(IndexSetting.SearchWidth);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            SetParameter("efSearch", value);
        }
    }

    /// <summary>Gets the index that stores the vectors; it is disposed with this index, and changed through it only.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Storage => PartOf("storage");

    /// <summary>Creates a graph over a storage, by their factory string.</summary>
    private protected static IndexHandle New(int dimension, int m, string storage, MetricType metric)
    {
        CheckLinks(dimension, m);
        return IndexCreation.FromFactory(dimension, Describe(m, storage), metric);
    }

    private protected static string Describe(int m, string storage) => FormattableString.Invariant($"HNSW{m},{storage}");

    private static void CheckLinks(int dimension, int m)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfLessThan(m, MinLinks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(m, FactorySizes.MaxLinks);
    }
}
