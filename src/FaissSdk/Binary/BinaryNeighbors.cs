namespace FaissSdk;

/// <summary>The neighbours of one query, nearest first, to be gone through by <c>foreach</c>; nothing is allocated.</summary>
public ref struct BinaryNeighbors
{
    private readonly ReadOnlySpan<int> _distances;
    private readonly ReadOnlySpan<long> _labels;
    private int _position = -1;

    internal BinaryNeighbors(ReadOnlySpan<int> distances, ReadOnlySpan<long> labels)
    {
        _distances = distances;
        _labels = labels;
    }

    /// <summary>The neighbour that <see cref="MoveNext"/> has come to.</summary>
    public readonly BinaryNeighbor Current => new(_labels[_position], _distances[_position]);

    /// <summary>Goes on to the next neighbour.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        while (++_position < _labels.Length)
        {
            if (_labels[_position] >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Starts anew.</summary>
    /// <returns>The neighbours, before the first one.</returns>
    public readonly BinaryNeighbors GetEnumerator() => new(_distances, _labels);
}
