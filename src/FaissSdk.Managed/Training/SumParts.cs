namespace FaissSdk;

/// <summary>Divides the sums (rows × d) among threads: into slices of components, and ranges of rows if there are more threads.</summary>
internal readonly struct SumParts
{
    // Two cache lines of a row, which are fetched together: with narrower slices every thread would read all of them.
    private const int SliceWidth = 32;

    // Waking a thread takes longer than adding up fewer components.
    private const long MinComponentsForThreads = 100_000;

    private readonly int _dimension;
    private readonly int _rows;
    private readonly int _slices;
    private readonly int _ranges;

    public SumParts(long components, int dimension, int rows, int threads)
    {
        (_dimension, _rows) = (dimension, rows);
        Threads = components < MinComponentsForThreads ? 1 : threads;
        _slices = Math.Clamp(dimension / SliceWidth, 1, Threads);
        _ranges = Math.Clamp(Threads / _slices, 1, rows);
    }

    public int Threads { get; }

    public int Count => _slices * _ranges;

    public (int StartComponent, int EndComponent, int StartRow, int EndRow) this[int part]
    {
        get
        {
            var (slice, range) = (part % _slices, part / _slices);
            return (
                (int)((long)slice * _dimension / _slices),
                (int)((long)(slice + 1) * _dimension / _slices),
                (int)((long)range * _rows / _ranges),
                (int)((long)(range + 1) * _rows / _ranges));
        }
    }
}
