using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Squared lengths of vectors.</summary>
internal static class VectorNorms
{
    /// <summary>|x|² of every vector (n).</summary>
    public static float[] Squared(ReadOnlySpan<float> vectors, int dimension)
    {
        var norms = new float[vectors.Length / dimension];
        for (var i = 0; i < norms.Length; i++)
        {
            norms[i] = TensorPrimitives.SumOfSquares(vectors.Slice(i * dimension, dimension));
        }

        return norms;
    }

    /// <summary>−|c|²/2, what the score of a centroid starts from; rounded once, as every score carries its error.</summary>
    public static float Start(ReadOnlySpan<float> centroid)
    {
        var sum = 0.0;
        foreach (var component in centroid)
        {
            sum += (double)component * component;
        }

        return (float)(sum * -0.5);
    }
}
