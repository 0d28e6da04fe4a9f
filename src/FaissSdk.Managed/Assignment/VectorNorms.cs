using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk;

/// <summary>Computes squared lengths of vectors.</summary>
internal static class VectorNorms
{
    private const int BlockRows = 4096;
    private const int Lanes = 8;

    /// <summary>Returns the |x|² of each vector (n).</summary>
    public static float[] Squared(ReadOnlySpan<float> vectors, int dimension, int threads)
    {
        var norms = GC.AllocateUninitializedArray<float>(vectors.Length / dimension);
        Square(vectors, dimension, norms, threads);
        return norms;
    }

    /// <summary>Writes the |x|² of each vector (n) to the beginning of an array.</summary>
    public static unsafe void Square(ReadOnlySpan<float> vectors, int dimension, float[] norms, int threads)
    {
        var count = vectors.Length / dimension;
        fixed (float* pinned = vectors)
        {
            var first = (nint)pinned;
            ParallelBlocks.For(
                Blocking.BlocksOf(count, BlockRows),
                vectors.Length < BlockRows * 16 ? 1 : threads,
                block => Square((float*)first, dimension, norms, block * BlockRows, Blocking.Next(block * BlockRows, BlockRows, count)),
                CancellationToken.None);
        }
    }

    // Optimized on first call, as the work may be done before tiered compilation replaces the code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Square(float* vectors, int dimension, float[] norms, int start, int end)
    {
        var lanes = stackalloc float[Lanes];
        for (var i = start; i < end; i++)
        {
            var vector = vectors + ((long)i * dimension);
            var (sums0, sums1) = (Vector256<float>.Zero, Vector256<float>.Zero);
            nint j = 0;
            for (; j <= dimension - (2 * Lanes); j += 2 * Lanes)
            {
                var (part0, part1) = (Vector256.Load(vector + j), Vector256.Load(vector + j + Lanes));
                sums0 += part0 * part0;
                sums1 += part1 * part1;
            }

            // This order of additions gives the same bits for any vector width of the processor.
            (sums0 + sums1).Store(lanes);
            var sum = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
            for (; j < dimension; j++)
            {
                sum += vector[j] * vector[j];
            }

            norms[i] = sum;
        }
    }

    /// <summary>Returns −|c|²/2, the initial value of a centroid's score. It is rounded only once, as every score inherits its error.</summary>
    public static float Start(ReadOnlySpan<float> centroid) => (float)(Precise(centroid) * -0.5);

    /// <summary>Returns |x|² in double precision, added up in the order of the components, so that it is the same for any vector width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Precise(ReadOnlySpan<float> vector)
    {
        var sum = 0.0;
        foreach (var component in vector)
        {
            sum += (double)component * component;
        }

        return sum;
    }
}
