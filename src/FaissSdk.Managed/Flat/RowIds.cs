namespace FaissSdk;

/// <summary>Maps the vectors of a <see cref="VectorStore"/> to ids of their own.</summary>
internal sealed class RowIds
{
    // The capacity of a dictionary is a prime, and at most the length of an array.
    private const int MaxDoubled = 2_000_000_000;

    private readonly List<long> _ids = [];
    private readonly Dictionary<long, int> _rows = [];
    private int[]? _rowsByRank;
    private int[]? _ranks;

    public int Count => _ids.Count;

    public long this[int row] => _ids[row];

    /// <summary>Gets the rows in the order of their ids; null if the rows are in this order already.</summary>
    public int[]? RowsByRank
    {
        get
        {
            EnsureRanks();
            return _rowsByRank is { Length: 0 } ? null : _rowsByRank;
        }
    }

    /// <summary>Gets the place of each row in the order of ids; meaningless if the rows are in this order.</summary>
    public int[] Ranks
    {
        get
        {
            EnsureRanks();
            return _ranks!;
        }
    }

    /// <summary>Returns the row of an id, or −1.</summary>
    public int Find(long id) => _rows.TryGetValue(id, out var row) ? row : -1;

    /// <summary>Returns the position of the first id that is negative, taken or repeated, or −1.</summary>
    public int FindUnusable(ReadOnlySpan<long> ids)
    {
        HashSet<long> seen = [];
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0 || _rows.ContainsKey(ids[i]) || !seen.Add(ids[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Makes room for more ids, so that <see cref="Append"/> of as many cannot run out of memory.</summary>
    public void EnsureCapacity(int more)
    {
        var count = checked(_ids.Count + more);
        _ids.EnsureCapacity(count);
        if (_rows.Capacity < count)
        {
            // A dictionary grows to what it is asked for, which would copy all ids for each addition of a few.
            _rows.EnsureCapacity(Math.Max(count, (int)Math.Min(2L * _rows.Capacity, MaxDoubled)));
        }
    }

    public void Append(ReadOnlySpan<long> ids)
    {
        foreach (var id in ids)
        {
            _rows.Add(id, _ids.Count);
            _ids.Add(id);
        }

        _ranks = null;
    }

    public void Remove(ReadOnlySpan<bool> removed)
    {
        var next = 0;
        for (var row = 0; row < removed.Length; row++)
        {
            if (removed[row])
            {
                _rows.Remove(_ids[row]);
            }
            else
            {
                _rows[_ids[row]] = next;
                _ids[next++] = _ids[row];
            }
        }

        _ids.RemoveRange(next, _ids.Count - next);
        _ranks = null;
    }

    // Several searches may compute the same arrays at the same time.
    private void EnsureRanks()
    {
        if (Volatile.Read(ref _ranks) is not null)
        {
            return;
        }

        var ids = _ids.ToArray();
        var isOrdered = true;
        for (var row = 1; row < ids.Length && isOrdered; row++)
        {
            isOrdered = ids[row - 1] < ids[row];
        }

        if (isOrdered)
        {
            _rowsByRank = [];
            Volatile.Write(ref _ranks, []);
            return;
        }

        var rows = new int[ids.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = row;
        }

        Array.Sort(ids, rows);
        var ranks = new int[ids.Length];
        for (var rank = 0; rank < rows.Length; rank++)
        {
            ranks[rows[rank]] = rank;
        }

        _rowsByRank = rows;
        Volatile.Write(ref _ranks, ranks);
    }
}
