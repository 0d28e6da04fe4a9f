using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Converts vectors of numbers of another type.</summary>
/// <typeparam name="T">The type of a component.</typeparam>
internal readonly ref struct ConvertedRows<T> : IVectorRows
    where T : unmanaged, INumberBase<T>
{
    private readonly ReadOnlySpan<T> _vectors;
    private readonly int _dimension;
    private readonly string _parameter;

    public ConvertedRows(ReadOnlySpan<T> vectors, int dimension, string parameter)
    {
        _vectors = vectors;
        (_dimension, _parameter) = (dimension, parameter);
        Count = VectorShape.CountVectors(vectors, dimension, parameter);
    }

    public int Count { get; }

    public void CopyTo(int first, Span<float> rows)
    {
        var source = _vectors.Slice(first * _dimension, rows.Length);
        TensorPrimitives.ConvertTruncating<T, float>(source, rows);
        if (typeof(T) == typeof(double) && !rows.IsEmpty && !TensorPrimitives.IsFiniteAll<float>(rows))
        {
            CheckRange(source, rows, first);
        }
    }

    private void CheckRange(ReadOnlySpan<T> source, ReadOnlySpan<float> rows, int first)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (float.IsInfinity(rows[i]) && T.IsFinite(source[i]))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{_parameter} has {source[i]} in vector {first + (i / _dimension)}, component {i % _dimension}, which is beyond the range of float, ±{float.MaxValue:G2}. Scale the data down."),
                    _parameter);
            }
        }
    }
}
