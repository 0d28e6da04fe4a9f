using System.Collections;

namespace FaissSdk;

/// <summary>Represents the neighbors of one query, without padding; a view of a <see cref="SearchResult"/> or <see cref="RangeSearchResult"/>.</summary>
#pragma warning disable CA1815 // Rows are read, not compared.
public readonly struct SearchResultRow : IReadOnlyList<Neighbor>
#pragma warning restore CA1815
{
    private readonly long[] _ids;
    private readonly float[] _distances;
    private readonly int _start;

    internal SearchResultRow(long[] ids, float[] distances, int start, int count)
    {
        (_ids, _distances, _start) = (ids, distances, start);
        Count = count;
    }

    /// <summary>Gets the number of neighbors found.</summary>
    public int Count { get; }

    /// <summary>Gets the ids of the neighbors.</summary>
    public ReadOnlySpan<long> Ids => _ids.AsSpan(_start, Count);

    /// <summary>Gets the distances of the neighbors: squared for <see cref="MetricType.L2"/>, inner products for <see cref="MetricType.InnerProduct"/>.</summary>
    public ReadOnlySpan<float> Distances => _distances.AsSpan(_start, Count);

    /// <summary>Gets a neighbor.</summary>
    /// <param name="index">The neighbor's position in the row, starting at 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative, or not less than <see cref="Count"/>.</exception>
    public Neighbor this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return new Neighbor(_ids[_start + index], _distances[_start + index]);
        }
    }

    /// <summary>Returns an enumerator over the neighbors that allocates no memory.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<Neighbor> IEnumerable<Neighbor>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Enumerates the neighbors of a row.</summary>
#pragma warning disable CA1034, CA1815 // Nested and without equality, like the enumerators of .NET's collections.
    public struct Enumerator : IEnumerator<Neighbor>
#pragma warning restore CA1034, CA1815
    {
        private readonly SearchResultRow _row;
        private int _index = -1;

        internal Enumerator(SearchResultRow row) => _row = row;

        /// <summary>Gets the neighbor at the current position.</summary>
        public readonly Neighbor Current => _row[_index];

        readonly object IEnumerator.Current => Current;

        /// <summary>Advances to the next neighbor.</summary>
        /// <returns><see langword="true"/> if there is one; <see langword="false"/> at the end of the row.</returns>
        public bool MoveNext() => ++_index < _row.Count;

        /// <summary>Moves back before the first neighbor.</summary>
        public void Reset() => _index = -1;

        /// <summary>Does nothing.</summary>
        public readonly void Dispose()
        {
        }
    }
}
