using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>The score of each point's own centroid, bit for bit as the micro-kernels have it.</summary>
internal static unsafe class OwnScore
{
    private const int Chains = 6;

    // So far ahead that memory has time to come, and not so far that it would be gone again.
    private const int RowsAhead = 4 * Chains;

    /// <param name="points">n × d.</param>
    /// <param name="labels">n.</param>
    /// <param name="centroids">k × d.</param>
    /// <param name="starts">−|c|²/2, or 0, of each centroid (k).</param>
    /// <param name="dimension">d.</param>
    /// <param name="scores">n.</param>
    /// <param name="count">n.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* points, int* labels, float* centroids, float* starts, int dimension, float* scores, int count)
    {
        var i = 0;
        var ahead = new Prefetch(points + ((long)RowsAhead * dimension), (long)Math.Max(0, count - RowsAhead) * dimension, Math.Max(1, (count - RowsAhead) / Chains));

        // Six at a time: one sum waits for each of its additions.
        for (; i <= count - Chains; i += Chains)
        {
            ahead.Next();
            float* x0 = points + ((long)i * dimension), x1 = x0 + dimension, x2 = x1 + dimension, x3 = x2 + dimension, x4 = x3 + dimension, x5 = x4 + dimension;
            float* c0 = centroids + ((long)labels[i] * dimension), c1 = centroids + ((long)labels[i + 1] * dimension), c2 = centroids + ((long)labels[i + 2] * dimension);
            float* c3 = centroids + ((long)labels[i + 3] * dimension), c4 = centroids + ((long)labels[i + 4] * dimension), c5 = centroids + ((long)labels[i + 5] * dimension);
            float s0 = starts[labels[i]], s1 = starts[labels[i + 1]], s2 = starts[labels[i + 2]], s3 = starts[labels[i + 3]], s4 = starts[labels[i + 4]], s5 = starts[labels[i + 5]];
            for (nint j = 0; j < dimension; j++)
            {
                s0 = float.MultiplyAddEstimate(x0[j], c0[j], s0);
                s1 = float.MultiplyAddEstimate(x1[j], c1[j], s1);
                s2 = float.MultiplyAddEstimate(x2[j], c2[j], s2);
                s3 = float.MultiplyAddEstimate(x3[j], c3[j], s3);
                s4 = float.MultiplyAddEstimate(x4[j], c4[j], s4);
                s5 = float.MultiplyAddEstimate(x5[j], c5[j], s5);
            }

            (scores[i], scores[i + 1], scores[i + 2], scores[i + 3], scores[i + 4], scores[i + 5]) = (s0, s1, s2, s3, s4, s5);
        }

        for (; i < count; i++)
        {
            var score = starts[labels[i]];
            for (nint j = 0; j < dimension; j++)
            {
                score = float.MultiplyAddEstimate(points[((long)i * dimension) + j], centroids[((long)labels[i] * dimension) + j], score);
            }

            scores[i] = score;
        }
    }
}
