namespace FaissSdk;

/// <summary>Gathers vectors that each lie in a memory block of their own.</summary>
internal readonly struct ScatteredRows : IVectorRows
{
    private readonly ReadOnlyMemory<float>[] _vectors;
    private readonly int _dimension;

    public ScatteredRows(IEnumerable<ReadOnlyMemory<float>> vectors, int dimension, string parameter)
    {
        ArgumentNullException.ThrowIfNull(vectors, parameter);
        (_vectors, _dimension) = ([.. vectors], dimension);
        for (var i = 0; i < _vectors.Length; i++)
        {
            if (_vectors[i].Length != dimension)
            {
                throw new ArgumentException($"{parameter} has {_vectors[i].Length} components in vector {i}, expected {dimension}.", parameter);
            }
        }
    }

    public ScatteredRows(IEnumerable<float[]> vectors, int dimension, string parameter)
        : this(Memory(vectors, parameter), dimension, parameter)
    {
    }

    public int Count => _vectors.Length;

    public void CopyTo(int first, Span<float> rows)
    {
        for (var start = 0; start < rows.Length; start += _dimension)
        {
            _vectors[first++].Span.CopyTo(rows[start..]);
        }
    }

    private static IEnumerable<ReadOnlyMemory<float>> Memory(IEnumerable<float[]> vectors, string parameter)
    {
        ArgumentNullException.ThrowIfNull(vectors, parameter);
        return vectors.Select((vector, i) => vector is null
            ? throw new ArgumentException($"{parameter} has no vector {i}: it is null.", parameter)
            : (ReadOnlyMemory<float>)vector);
    }
}
