using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Checks the values of vectors.</summary>
internal static class VectorValues
{
    /// <summary>Rejects vectors with components that are not finite. The numbers of vectors in messages begin with <paramref name="first"/>.</summary>
    public static void CheckFinite(ReadOnlySpan<float> vectors, int dimension, string name, string? parameter = null, int first = 0)
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
            string.Create(CultureInfo.InvariantCulture, $"{name} has {vectors[i]} in vector {first + (i / dimension)}, component {i % dimension}; all components must be finite."),
            parameter ?? name);
    }

    /// <summary>Runs both checks in one parallel pass over vectors (n × d).</summary>
    /// <param name="vectors">The vectors (n × d).</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="terms">The number of squared distances that are added up.</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="name">The name of the vectors for messages.</param>
    /// <param name="areFinite">Whether the given vectors are known to be finite, and these are what a subtraction has made of them.</param>
    /// <returns>The |x|² of each vector (n).</returns>
    public static float[] CheckFiniteAndMagnitude(ReadOnlySpan<float> vectors, int dimension, long terms, int threads, string name, bool areFinite = false)
    {
        var norms = VectorNorms.Squared(vectors, dimension, threads);

        // The factor 0.9 leaves room for the rounding of the norms. The negated comparison also catches NaN and infinity.
        if (norms.Length > 0 && !(4.0 * terms * TensorPrimitives.Max<float>(norms) < 0.9 * float.MaxValue))
        {
            if (!areFinite)
            {
                CheckFinite(vectors, dimension, name);
            }

            CheckMagnitude(vectors, dimension, terms, name);
        }

        return norms;
    }

    /// <summary>Determines whether squared distances between vectors of this magnitude cannot overflow.</summary>
    public static bool HasFiniteDistances(ReadOnlySpan<float> vectors) =>
        vectors.IsEmpty || (TensorPrimitives.IsFiniteAll(vectors) && Math.Abs(TensorPrimitives.MaxMagnitude(vectors)) < 1e15f);

    /// <summary>
    /// Rejects vectors for which a sum of <paramref name="terms"/> squared distances may overflow. A squared distance is at most 4·max|x|², an objective n times that. On overflow FAISS compares infinities and
    /// NaN, and returns labels that were never set. A transform of the index may lengthen vectors by a factor of <paramref name="gain"/> first.
    /// </summary>
    public static void CheckMagnitude(ReadOnlySpan<float> vectors, int dimension, long terms, string name, string? parameter = null, int first = 0, double gain = 1)
    {
        // Components this small cannot overflow in any combination.
        var largest = vectors.IsEmpty ? 0f : Math.Abs(TensorPrimitives.MaxMagnitude(vectors));
        var factor = 4.0 * terms * gain * gain;
        if (factor * dimension * largest * largest <= float.MaxValue)
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

            if (factor * norm > float.MaxValue)
            {
                var cause = gain == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", which the transforms of the index can multiply by {gain:G3}");
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{name} has a vector of length {Math.Sqrt(norm):G3} (number {first + (start / dimension)}){cause}: sums of squared distances would overflow single precision. Scale the data down."),
                    parameter ?? name);
            }
        }
    }

    /// <summary>Rejects vectors for which a sum of <paramref name="terms"/> squared differences between squared lengths may overflow.</summary>
    public static void CheckSquaredLengths(ReadOnlySpan<float> vectors, int dimension, long terms, string name, int first = 0)
    {
        for (var start = 0; start < vectors.Length; start += dimension)
        {
            double norm = TensorPrimitives.SumOfSquares(vectors.Slice(start, dimension));
            if (4.0 * terms * norm * norm > float.MaxValue)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{name} has a vector of length {Math.Sqrt(norm):G3} (number {first + (start / dimension)}): the index encodes squared lengths, whose squared differences would overflow single precision. Scale the data down."),
                    name);
            }
        }
    }
}
