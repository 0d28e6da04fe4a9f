namespace FaissSdk.VectorData.Indexes;

/// <summary>The vectors that are not in a sealed index yet: rows that are appended by one thread and read by others up to the count that they know.</summary>
internal sealed class Delta(VectorMetric metric, int dimension)
{
    private const int Rows = 256;

    private float[][] _vectors = [];
    private long[][] _ids = [];

    public int Capacity => _ids.Length * Rows;

    public long IdAt(int row) => _ids[row / Rows][row % Rows];

    public ReadOnlySpan<float> VectorAt(int row) => _vectors[row / Rows].AsSpan(row % Rows * dimension, dimension);

    /// <summary>Writes a row behind those that are published.</summary>
    public void Write(int row, long id, ReadOnlySpan<float> stored) => metric.Prepare(stored, Reserve(row, id));

    public void CopyRow(int row, Delta from, int source) => from.VectorAt(source).CopyTo(Reserve(row, from.IdAt(source)));

    /// <summary>Finds the row of an id among the first <paramref name="count"/>, or −1.</summary>
    public int Find(long id, int count)
    {
        int low = 0, high = count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            long found = IdAt(middle);
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
        for (int row = 0; row < count; row++)
        {
            if (dead is not null && dead[row])
            {
                continue;
            }

            long id = IdAt(row);
            if (filter is null || filter(id))
            {
                results.Offer(metric.Compare(query, VectorAt(row)), id);
            }
        }
    }

    private Span<float> Reserve(int row, long id)
    {
        if (row == Capacity)
        {
            // Readers keep the arrays that they have; the rows in them stay where they are.
            _vectors = [.. _vectors, new float[Rows * dimension]];
            _ids = [.. _ids, new long[Rows]];
        }

        _ids[row / Rows][row % Rows] = id;
        return _vectors[row / Rows].AsSpan(row % Rows * dimension, dimension);
    }
}
