using System.Collections;

namespace FaissSdk;

/// <summary>Represents the neighbors of one query, without padding; a view of a <see cref="BinarySearchResult"/> or <see cref="BinaryRangeSearchResult"/>.</summary>
/// <remarks>The counterpart of <see cref="SearchResultRow"/>, with distances in bits.</remarks>
#pragma warning disable CA1815 // Rows are read, not compared.
public readonly struct BinarySearchResultRow : IReadOnlyList<BinaryNeighbor>
#pragma warning restore CA1815
{
    private readonly long[] _ids;
    private readonly int[] _distances;
    private readonly int _start;

    internal BinarySearchResultRow(long[] ids, int[] distances, int start, int count)
    {
        (_ids, _distances, _start) = (ids, distances, start);
        Count = count;
    }

    /// <summary>Gets the number of neighbors found.</summary>
    public int Count { get; }

    /// <summary>Gets the ids of the neighbors.</summary>
    public ReadOnlySpan<long> Ids => _ids.AsSpan(_start, Count);

    /// <summary>Gets the Hamming distances of the neighbors.</summary>
    public ReadOnlySpan<int> Distances => _distances.AsSpan(_start, Count);

    /// <summary>Gets a neighbor.</summary>
    /// <param name="index">The neighbor's position in the row, starting at 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative, or not less than <see cref="Count"/>.</exception>
    public BinaryNeighbor this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return new BinaryNeighbor(_ids[_start + index], _distances[_start + index]);
        }
    }

    /// <summary>Returns an enumerator over the neighbors that allocates no memory.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<BinaryNeighbor> IEnumerable<BinaryNeighbor>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Enumerates the neighbors of a row.</summary>
#pragma warning disable CA1034, CA1815 // Nested and without equality, like the enumerators of .NET's collections.
    public struct Enumerator : IEnumerator<BinaryNeighbor>
#pragma warning restore CA1034, CA1815
    {
        private readonly BinarySearchResultRow _row;
        private int _index = -1;

        internal Enumerator(BinarySearchResultRow row) => _row = row;

        /// <summary>Gets the neighbor at the current position.</summary>
        public readonly BinaryNeighbor Current => _row[_index];

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
