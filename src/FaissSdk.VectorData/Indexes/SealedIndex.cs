namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents an immutable index of vectors that were sealed together; position p holds the vector of the id <c>Ids[p]</c>.</summary>
internal abstract class SealedIndex(string factory, long[] ids, long lastId) : SharedMemory
{
    /// <summary>Gets the factory string.</summary>
    public string Factory { get; } = factory;

    /// <summary>Gets the ids in ascending order.</summary>
    public long[] Ids { get; } = ids;

    /// <summary>Gets the greatest id of the collection when the vectors were read; the index contains no later ids.</summary>
    public long LastId { get; } = lastId;

    public int Count => Ids.Length;

    /// <summary>Gets or sets the path of the file of ids, or <see langword="null"/> while the index is in no file.</summary>
    public string? Path { get; set; }

    /// <summary>Gets a value indicating whether a search compares with every vector, and so costs no more with a filter.</summary>
    public abstract bool IsFlat { get; }

    /// <summary>Gets a value indicating whether searches return the values of the vectors themselves, not of codes for them.</summary>
    public abstract bool IsExact { get; }

    public int Find(long id)
    {
        var position = Array.BinarySearch(Ids, id);
        return position < 0 ? -1 : position;
    }

    /// <summary>Determines whether comparing with all admitted positions takes less time than a search among them.</summary>
    public virtual bool IsFasterExactly(int k, int admitted) => false;

    /// <summary>Determines whether comparing with copies of their vectors side by side takes less time than a search among them.</summary>
    public virtual bool IsFasterPacked(int k, int admitted) => true;

    /// <summary>Searches for the k nearest of the positions that are admitted.</summary>
    /// <param name="query">The prepared query.</param>
    /// <param name="k">The number of neighbors.</param>
    /// <param name="needed">The number of neighbors that have to be found; the search does not visit more of the index to find the others.</param>
    /// <param name="filter">The positions that are admitted, or <see langword="null"/> for all.</param>
    /// <param name="thorough">Whether an earlier search found too few.</param>
    /// <param name="values">Receives the values by which FAISS compares.</param>
    /// <param name="positions">Receives the positions, −1 where there is none.</param>
    public abstract void Search(ReadOnlySpan<float> query, int k, int needed, PositionFilter? filter, bool thorough, Span<float> values, Span<long> positions);

    /// <summary>Compares the query with all positions that are admitted, if the index keeps their vectors unchanged.</summary>
    /// <returns><see langword="false"/> if it does not.</returns>
    public virtual bool TrySearchExactly(ReadOnlySpan<float> query, int k, PositionFilter? filter, Span<float> values, Span<long> positions) => false;

    /// <summary>Writes the index to a file.</summary>
    public abstract void Save(string path);
}
