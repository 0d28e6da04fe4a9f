using System.Numerics;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Holds the vectors that are not in a sealed index yet; one thread appends rows, and others read up to the count they know.</summary>
/// <param name="metric">How the vectors are compared.</param>
/// <param name="dimension">The number of components of a vector.</param>
/// <param name="maxBlockBytes">The maximum size of a block. The C library returns blocks of 32 MB and more to the system as soon as they are freed.</param>
internal sealed class Delta(VectorMetric metric, int dimension, int maxBlockBytes = 64 << 20) : SharedMemory
{
    private const int FirstRows = 256;

    // Blocks double, so that a small delta takes little memory.
    private readonly int _doublings = BitOperations.Log2((uint)Math.Max(1, maxBlockBytes / FirstRows / sizeof(float) / dimension));

    private NativeFloats[] _vectors = [];
    private long[][] _ids = [];

    public int Capacity => FirstRowOf(_ids.Length);

    public long IdAt(int row)
    {
        var block = BlockOf(row);
        return _ids[block][row - FirstRowOf(block)];
    }

    public ReadOnlySpan<float> VectorAt(int row) => Vector(row);

    /// <summary>Writes a row after the published ones.</summary>
    public void Write(int row, long id, ReadOnlySpan<float> stored) => metric.Prepare(stored, Reserve(row, id));

    public void CopyRow(int row, Delta from, int source) => from.VectorAt(source).CopyTo(Reserve(row, from.IdAt(source)));

    /// <summary>Finds the row of an id among the first <paramref name="count"/>, or −1.</summary>
    public int Find(long id, int count)
    {
        int low = 0, high = count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = IdAt(middle);
            if (found == id)
            {
                return middle;
            }

            (low, high) = found < id ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>Compares a query with the live rows that the filter admits.</summary>
    public void Search(ReadOnlySpan<float> query, int count, Bits? dead, Func<long, bool>? filter, TopResults results)
    {
        for (int block = 0, first = 0; first < count; first = FirstRowOf(++block))
        {
            var ids = _ids[block].AsSpan(0, Math.Min(_ids[block].Length, count - first));
            var vectors = _vectors[block].Slice(0, ids.Length * dimension);
            for (var i = 0; i < ids.Length; i++)
            {
                if ((dead is null || !dead[first + i]) && (filter is null || filter(ids[i])))
                {
                    results.Offer(metric.Compare(query, vectors.Slice(i * dimension, dimension)), ids[i]);
                }
            }
        }
    }

    protected override void Free()
    {
        foreach (var block in _vectors)
        {
            block.Dispose();
        }
    }

    private int BlockOf(int row)
    {
        var units = (row / FirstRows) + 1;
        var block = BitOperations.Log2((uint)units);
        return block <= _doublings ? block : _doublings + ((units - (1 << _doublings)) >> _doublings);
    }

    private int FirstRowOf(int block)
    {
        var doubled = Math.Min(block, _doublings);
        return checked(FirstRows * ((1 << doubled) - 1 + ((block - doubled) << _doublings)));
    }

    private Span<float> Vector(int row)
    {
        var block = BlockOf(row);
        return _vectors[block].Slice((long)(row - FirstRowOf(block)) * dimension, dimension);
    }

    private Span<float> Reserve(int row, long id)
    {
        if (row == Capacity)
        {
            // Readers keep the arrays that they have, whose rows do not move.
            var rows = FirstRowOf(_ids.Length + 1) - row;
            _vectors = [.. _vectors, new NativeFloats((long)rows * dimension)];
            _ids = [.. _ids, new long[rows]];
        }

        var block = BlockOf(row);
        _ids[block][row - FirstRowOf(block)] = id;
        return Vector(row);
    }
}
