using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>The checks of vectors' values.</summary>
internal static class VectorValues
{
    public static void CheckFinite(ReadOnlySpan<float> vectors, int dimension, string name, string? parameter = null)
    {
        if (vectors.IsEmpty || TensorPrimitives.IsFiniteAll(vectors))
        {
            return;
        }

        var i = 0;
        while (float.IsFinite(vectors[i]))
        {
            i++;
        }

        throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"{name} has {vectors[i]} in vector {i / dimension}, component {i % dimension}; finite numbers are needed."),
            parameter ?? name);
    }

    /// <summary>Both checks in one pass over vectors (n × d) by threads of the pool.</summary>
    /// <returns>|x|² of each (n).</returns>
    public static float[] CheckFiniteAndMagnitude(ReadOnlySpan<float> vectors, int dimension, long terms, int threads, string name)
    {
        var norms = VectorNorms.Squared(vectors, dimension, threads);

        // With room for their rounding. A norm that is no number, or infinite, is not less.
        if (norms.Length > 0 && !(4.0 * terms * TensorPrimitives.Max<float>(norms) < 0.9 * float.MaxValue))
        {
            CheckFinite(vectors, dimension, name);
            CheckMagnitude(vectors, dimension, terms, name);
        }

        return norms;
    }

    /// <summary>Whether no squared distance to vectors of like size can overflow.</summary>
    public static bool HasFiniteDistances(ReadOnlySpan<float> vectors) =>
        vectors.IsEmpty || (TensorPrimitives.IsFiniteAll(vectors) && Math.Abs(TensorPrimitives.MaxMagnitude(vectors)) < 1e15f);

    /// <summary>
    /// Refuses vectors of which sums of squared distances, of so many terms, may overflow. A squared distance is at most 4·max|x|², an objective n times that. Beyond float32 FAISS compares with infinities and
    /// NaN and writes labels that were never set.
    /// </summary>
    public static void CheckMagnitude(ReadOnlySpan<float> vectors, int dimension, long terms, string name, string? parameter = null)
    {
        // Components this small cannot get there, whatever their number.
        var largest = vectors.IsEmpty ? 0f : Math.Abs(TensorPrimitives.MaxMagnitude(vectors));
        if (4.0 * terms * dimension * largest * largest <= float.MaxValue)
        {
            return;
        }

        for (var start = 0; start < vectors.Length; start += dimension)
        {
            var norm = 0.0;
            foreach (var component in vectors.Slice(start, dimension))
            {
                norm += (double)component * component;
            }

            if (4.0 * terms * norm > float.MaxValue)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{name} has a vector of length {Math.Sqrt(norm):G3} (number {start / dimension}): sums of squared distances would overflow single precision. Scale the data down."),
                    parameter ?? name);
            }
        }
    }
}
