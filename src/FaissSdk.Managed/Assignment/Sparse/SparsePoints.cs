using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk;

/// <summary>Finds the components of points that are not 0, as in counts of words, one-hot values or images.</summary>
/// <param name="always">Whether the points are searched as sparse ones however few of their components are 0, for tests.</param>
internal sealed unsafe class SparsePoints(bool always)
{
    private const int SampledPoints = 512;
    private const int MaskBits = 64;

    /// <summary>Gets a value indicating whether the points are searched as sparse ones however few of their components are 0.</summary>
    public bool Always => always;

    /// <summary>Determines from a sample whether at least half of the components are 0; with fewer, the search of all components takes less time.</summary>
    public static bool AreWorthwhile(in SearchBuffers buffers, int dimension)
    {
        var sampled = Math.Min(SampledPoints, buffers.Count / 16);
        long nonZeros = 0;
        for (var i = 0; i < sampled; i++)
        {
            var point = (long)i * buffers.Count / sampled;
            nonZeros += dimension - new ReadOnlySpan<float>(buffers.Points + (point * dimension), dimension).Count(0f);
        }

        return sampled > 0 && nonZeros <= (long)sampled * dimension / 2;
    }

    /// <summary>Writes the components of a point that are not 0.</summary>
    /// <param name="point">The point (d).</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="panelWidth">The number of centroids in a panel.</param>
    /// <param name="next">Receives the components (at most d).</param>
    /// <returns>The end of what was written.</returns>
    // Optimized on first call, as a training may be over before tiered compilation replaces the code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NonZero* Compress(float* point, int dimension, int panelWidth, NonZero* next)
    {
        var j = 0;
        for (; j <= dimension - MaskBits; j += MaskBits)
        {
            // One mask for many components: the end of a loop over bits is hard to predict.
            ulong mask = 0;
            for (var bit = 0; bit < MaskBits; bit += Vector256<float>.Count)
            {
                var zeros = Vector256.Equals(Vector256.Load(point + j + bit), Vector256<float>.Zero).ExtractMostSignificantBits();
                mask |= (ulong)zeros << bit;
            }

            for (mask = ~mask; mask != 0; mask &= mask - 1)
            {
                var component = j + BitOperations.TrailingZeroCount(mask);
                *next++ = new() { Offset = component * panelWidth, Value = point[component] };
            }
        }

        for (; j < dimension; j++)
        {
            if (point[j] != 0)
            {
                *next++ = new() { Offset = j * panelWidth, Value = point[j] };
            }
        }

        return next;
    }
}
