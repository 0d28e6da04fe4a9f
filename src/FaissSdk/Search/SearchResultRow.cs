using System.Collections;

namespace FaissSdk;

/// <summary>The neighbours of one query, nearest first, without the padding; a view of a <see cref="SearchResult"/>.</summary>
#pragma warning disable CA1815 // Rows are looked at, not compared.
public readonly struct SearchResultRow : IReadOnlyList<Neighbor>
#pragma warning restore CA1815
{
    private readonly long[] _labels;
    private readonly float[] _distances;
    private readonly int _start;

    internal SearchResultRow(long[] labels, float[] distances, int start, int k)
    {
        (_labels, _distances, _start) = (labels, distances, start);
        var padding = labels.AsSpan(start, k).IndexOf(-1);
        Count = padding < 0 ? k : padding;
    }

    /// <summary>The number of neighbours found.</summary>
    public int Count { get; }

    /// <summary>Their labels.</summary>
    public ReadOnlySpan<long> Labels => _labels.AsSpan(_start, Count);

    /// <summary>Their distances, squared for <see cref="MetricType.L2"/>, or inner products.</summary>
    public ReadOnlySpan<float> Distances => _distances.AsSpan(_start, Count);

    /// <summary>A neighbour.</summary>
    /// <param name="index">Its rank, from 0 for the nearest.</param>
    /// <exception cref="ArgumentOutOfRangeException">So many were not found.</exception>
    public Neighbor this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return new Neighbor(_labels[_start + index], _distances[_start + index]);
        }
    }

    /// <summary>Goes through the neighbours, nearest first, without allocating.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<Neighbor> IEnumerable<Neighbor>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Goes through neighbours.</summary>
#pragma warning disable CA1034, CA1815 // As the collections of .NET have theirs.
    public struct Enumerator : IEnumerator<Neighbor>
#pragma warning restore CA1034, CA1815
    {
        private readonly SearchResultRow _row;
        private int _index = -1;

        internal Enumerator(SearchResultRow row) => _row = row;

        /// <summary>The neighbour it is at.</summary>
        public readonly Neighbor Current => _row[_index];

        readonly object IEnumerator.Current => Current;

        /// <summary>Goes to the next neighbour.</summary>
        /// <returns>Whether there is one.</returns>
        public bool MoveNext() => ++_index < _row.Count;

        /// <summary>Goes back before the first neighbour.</summary>
        public void Reset() => _index = -1;

        /// <summary>Does nothing.</summary>
        public readonly void Dispose()
        {
        }
    }
}
