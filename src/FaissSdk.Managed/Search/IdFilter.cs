namespace FaissSdk;

/// <summary>Represents a set of ids to search among or to remove, without the native library.</summary>
/// <remarks>A filter is immutable and may be used by any number of threads. Where FAISS searches, an <c>IDSelector</c> is made from it for the call.</remarks>
public abstract class IdFilter
{
    private protected IdFilter()
    {
    }

    /// <summary>Returns a filter of the given ids.</summary>
    /// <param name="ids">The ids, in any order; they are copied.</param>
    public static IdFilter FromIds(params ReadOnlySpan<long> ids) => new IdListFilter(ids);

    /// <summary>Returns a filter of the given ids, such as those of a <see cref="HashSet{T}"/> or of a query.</summary>
    /// <param name="ids">The ids, in any order; they are copied.</param>
    public static IdFilter FromIds(IEnumerable<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return new IdListFilter([.. ids]);
    }

    /// <summary>Returns a filter of the ids with <paramref name="start"/> ≤ id &lt; <paramref name="end"/>.</summary>
    /// <param name="start">The first id.</param>
    /// <param name="end">The exclusive end of the range.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="end"/> is less than <paramref name="start"/>.</exception>
    public static IdFilter FromRange(long start, long end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        return new IdRangeFilter(start, end);
    }

    /// <summary>Returns a filter of each id i for which bit i mod 8 of byte ⌊i/8⌋ is set. Ids beyond the bitmap are not in it.</summary>
    /// <param name="bitmap">The bitmap; it is copied.</param>
    public static IdFilter FromBitmap(ReadOnlySpan<byte> bitmap) => new IdBitmapFilter(bitmap.ToArray());

    /// <summary>Returns a filter of the ids for which a function returns <see langword="true"/>.</summary>
    /// <param name="predicate">The function, which several threads call at a time. It may search the index, but not change it; its exceptions end the call.</param>
    public static IdFilter FromPredicate(Func<long, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new IdPredicateFilter(predicate);
    }

    /// <summary>Returns a value indicating whether the set contains an id.</summary>
    /// <param name="id">The id.</param>
    public abstract bool Contains(long id);
}
