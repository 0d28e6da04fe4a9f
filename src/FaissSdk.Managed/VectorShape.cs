namespace FaissSdk;

/// <summary>The length checks at the edge of every public method.</summary>
internal static class VectorShape
{
    /// <summary>n of an n × d span.</summary>
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
}
