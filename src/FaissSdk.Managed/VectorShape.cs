namespace FaissSdk;

/// <summary>Checks the lengths of the arguments of public methods.</summary>
internal static class VectorShape
{
    /// <summary>Returns n of an n × d span.</summary>
    public static int CountVectors<T>(ReadOnlySpan<T> vectors, int dimension, string parameter)
    {
        var (count, remainder) = Math.DivRem(vectors.Length, dimension);
        return remainder == 0
            ? count
            : throw new ArgumentException($"{parameter} has {vectors.Length} components, which is not a multiple of the dimension {dimension}.", parameter);
    }

    public static void CheckLength(int actual, long expected, string parameter)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{parameter} has length {actual}, expected {expected}.", parameter);
        }
    }

    /// <summary>Returns the length of an n × k result.</summary>
    public static int ResultLength<T>(ReadOnlySpan<T> queries, int dimension, int k, string parameter)
    {
        var count = CountVectors(queries, dimension, parameter);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        return (long)count * k <= Array.MaxLength
            ? count * k
            : throw new ArgumentException($"{count} queries × {k} neighbors are more than an array holds.", nameof(k));
    }

    /// <summary>Returns the length of an array of rows.</summary>
    public static int ArrayLength(long rows, long width, string parameter) => rows * width <= Array.MaxLength
        ? (int)(rows * width)
        : throw new ArgumentException($"{parameter} would give {rows} × {width} elements, more than an array holds.", parameter);

    /// <summary>Rejects an output that overlaps the memory of another argument, which the call reads while it writes.</summary>
    public static unsafe void CheckDisjoint<T, TOutput>(ReadOnlySpan<T> other, ReadOnlySpan<TOutput> output, string parameter)
        where T : unmanaged
        where TOutput : unmanaged
    {
        // By addresses, as a span of bytes holds less than 2 GiB.
        fixed (T* first = other)
        fixed (TOutput* second = output)
        {
            var (start, outputStart) = ((nuint)first, (nuint)second);
            var (end, outputEnd) = (start + ((nuint)other.Length * (nuint)sizeof(T)), outputStart + ((nuint)output.Length * (nuint)sizeof(TOutput)));
            if (start < outputEnd && outputStart < end)
            {
                throw new ArgumentException($"{parameter} overlaps the memory of another argument.", parameter);
            }
        }
    }
}
