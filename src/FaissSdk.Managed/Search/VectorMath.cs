using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Computes with vectors in managed code, without the native library.</summary>
public static class VectorMath
{
    // Sums of squares between these are exact enough, and neither they nor the factors leave the range of float.
    private const float MinSum = 1e-30f;
    private const float MaxSum = 1e30f;

    /// <summary>Scales vectors to length 1, in place: x / √Σ xᵢ². Inner products of such vectors are cosines.</summary>
    /// <remarks>All vectors are checked before the first is changed. <c>VectorDistances.RenormalizeL2</c> leaves vectors of zeros as they are instead.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length is not a multiple of <paramref name="dimension"/>, or a vector consists of zeros or is not finite; the message contains its number.</exception>
    public static void Normalize(Span<float> vectors, int dimension)
    {
        Check(vectors, dimension);
        Scale(vectors, dimension, vectors);
    }

    /// <summary>Writes vectors that are scaled to length 1 to other memory: x / √Σ xᵢ².</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="normalized">Receives the scaled vectors, row-major (n × d); may be <paramref name="vectors"/> itself.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap in part, or a vector consists of zeros or is not finite; the message contains its number.</exception>
    public static void Normalize(ReadOnlySpan<float> vectors, int dimension, Span<float> normalized)
    {
        Check(vectors, dimension);
        VectorShape.CheckLength(normalized.Length, vectors.Length, nameof(normalized));
        if (vectors.Overlaps(normalized, out var offset) && offset != 0)
        {
            throw new ArgumentException("normalized overlaps the memory of vectors in part; pass other memory, or the same.", nameof(normalized));
        }

        Scale(vectors, dimension, normalized);
    }

    /// <summary>Returns copies of vectors that are scaled to length 1: x / √Σ xᵢ².</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <returns>The scaled vectors, row-major (n × d).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length is not a multiple of <paramref name="dimension"/>, or a vector consists of zeros or is not finite; the message contains its number.</exception>
    public static float[] Normalized(ReadOnlySpan<float> vectors, int dimension)
    {
        Check(vectors, dimension);
        var normalized = new float[vectors.Length];
        Scale(vectors, dimension, normalized);
        return normalized;
    }

    /// <summary>Rejects vectors without a direction. The numbers of vectors in messages begin with <paramref name="first"/>.</summary>
    /// <param name="vectors">The vectors (n × d).</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="name">The name of the argument.</param>
    /// <param name="first">The number of the first vector.</param>
    internal static void CheckDirections(ReadOnlySpan<float> vectors, int dimension, string name, int first = 0)
    {
        VectorValues.CheckFinite(vectors, dimension, name, first: first);
        for (var start = 0; start < vectors.Length; start += dimension)
        {
            if (!vectors.Slice(start, dimension).ContainsAnyExcept(0f))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} has only zeros in vector {first + (start / dimension)}, which has no direction; leave it out."), name);
            }
        }
    }

    /// <summary>Writes vectors that have a direction, scaled to length 1, to other memory, or in place.</summary>
    internal static void Scale(ReadOnlySpan<float> vectors, int dimension, Span<float> normalized)
    {
        for (var start = 0; start < vectors.Length; start += dimension)
        {
            var vector = vectors.Slice(start, dimension);
            var target = normalized.Slice(start, dimension);
            var sum = LaneSums.SquaredLength(vector);
            if (sum is >= MinSum and <= MaxSum)
            {
                TensorPrimitives.Multiply(vector, 1 / MathF.Sqrt(sum), target);
            }
            else
            {
                ScaleExtreme(vector, target);
            }
        }
    }

    private static void Check(ReadOnlySpan<float> vectors, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        VectorShape.CountVectors(vectors, dimension, nameof(vectors));
        CheckDirections(vectors, dimension, nameof(vectors));
    }

    // The squares of these components are beyond the range of float.
    private static void ScaleExtreme(ReadOnlySpan<float> vector, Span<float> target)
    {
        var sum = 0.0;
        foreach (var component in vector)
        {
            sum += (double)component * component;
        }

        var length = Math.Sqrt(sum);
        for (var i = 0; i < vector.Length; i++)
        {
            target[i] = (float)(vector[i] / length);
        }
    }
}
