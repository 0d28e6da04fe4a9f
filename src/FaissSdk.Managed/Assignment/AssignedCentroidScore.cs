using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Computes the score of each point with one centroid of its own, bit for bit as the micro-kernels do.</summary>
internal static unsafe class AssignedCentroidScore
{
    private const int Chains = 6;
    private const int Lanes = 8;

    // Far enough ahead to hide the latency of memory, and near enough that the lines are not evicted before their use.
    private const int RowsAhead = 4 * Lanes;

    private static int RowsPerIteration => Avx.IsSupported && Fma.IsSupported ? 2 * Lanes : Chains;

    /// <summary>Returns what <see cref="Compute"/> may prefetch if its points are consecutive in memory.</summary>
    public static Prefetch Ahead(float* points, int dimension, int count) =>
        new(points + ((long)RowsAhead * dimension), (long)Math.Max(0, count - RowsAhead) * dimension, Math.Max(1, (count - RowsAhead) / RowsPerIteration));

    /// <summary>Computes x·c − |c|²/2, or x·c, of each point and its centroid.</summary>
    /// <param name="points">The addresses of the points (n).</param>
    /// <param name="labels">The centroid of each point (n).</param>
    /// <param name="centroids">The centroids (k × d).</param>
    /// <param name="starts">The initial values of the scores, −|c|²/2 or 0 (k).</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="scores">Receives the scores (n).</param>
    /// <param name="count">The number of points, n.</param>
    /// <param name="ahead">The memory to prefetch meanwhile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float** points, int* labels, float* centroids, float* starts, int dimension, float* scores, int count, Prefetch ahead)
    {
        var i = 0;
        if (Avx.IsSupported && Fma.IsSupported)
        {
            var rows = stackalloc float*[2 * Lanes];
            var sums = stackalloc float[2 * Lanes];
            for (; i <= count - (2 * Lanes); i += 2 * Lanes)
            {
                ahead.Next();
                for (var lane = 0; lane < 2 * Lanes; lane++)
                {
                    rows[lane] = centroids + ((long)labels[i + lane] * dimension);
                    sums[lane] = starts[labels[i + lane]];
                }

                // Two sums at a time, as a single one would wait for each of its additions.
                var (sums0, sums1) = (Vector256.Load(sums), Vector256.Load(sums + Lanes));
                nint j = 0;
                for (; j <= dimension - 4; j += 4)
                {
                    AddFour(points + i, rows, j, ref sums0);
                    AddFour(points + i + Lanes, rows + Lanes, j, ref sums1);
                }

                sums0.Store(scores + i);
                sums1.Store(scores + i + Lanes);
                for (; j < dimension; j++)
                {
                    for (var lane = 0; lane < 2 * Lanes; lane++)
                    {
                        scores[i + lane] = float.MultiplyAddEstimate(points[i + lane][j], rows[lane][j], scores[i + lane]);
                    }
                }
            }
        }

        // Six sums at a time, as a single one would wait for each of its additions.
        for (; i <= count - Chains; i += Chains)
        {
            ahead.Next();
            float* x0 = points[i], x1 = points[i + 1], x2 = points[i + 2], x3 = points[i + 3], x4 = points[i + 4], x5 = points[i + 5];
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
                score = float.MultiplyAddEstimate(points[i][j], centroids[((long)labels[i] * dimension) + j], score);
            }

            scores[i] = score;
        }
    }

    /// <summary>Adds the products of four components, one after the other, for eight pairs of vectors in parallel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour(float** points, float** centroids, nint j, ref Vector256<float> sums)
    {
        Transpose(points, j, out var x0, out var x1, out var x2, out var x3);
        Transpose(centroids, j, out var c0, out var c1, out var c2, out var c3);
        sums = Fma.MultiplyAdd(x0, c0, sums);
        sums = Fma.MultiplyAdd(x1, c1, sums);
        sums = Fma.MultiplyAdd(x2, c2, sums);
        sums = Fma.MultiplyAdd(x3, c3, sums);
    }

    /// <summary>Loads four components of eight vectors and transposes them: each result holds one component of all eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(float** rows, nint j, out Vector256<float> component0, out Vector256<float> component1, out Vector256<float> component2, out Vector256<float> component3)
    {
        var rows04 = Vector256.Create(Vector128.Load(rows[0] + j), Vector128.Load(rows[4] + j));
        var rows15 = Vector256.Create(Vector128.Load(rows[1] + j), Vector128.Load(rows[5] + j));
        var rows26 = Vector256.Create(Vector128.Load(rows[2] + j), Vector128.Load(rows[6] + j));
        var rows37 = Vector256.Create(Vector128.Load(rows[3] + j), Vector128.Load(rows[7] + j));
        var (low01, high01) = (Avx.UnpackLow(rows04, rows15).AsDouble(), Avx.UnpackHigh(rows04, rows15).AsDouble());
        var (low23, high23) = (Avx.UnpackLow(rows26, rows37).AsDouble(), Avx.UnpackHigh(rows26, rows37).AsDouble());
        component0 = Avx.UnpackLow(low01, low23).AsSingle();
        component1 = Avx.UnpackHigh(low01, low23).AsSingle();
        component2 = Avx.UnpackLow(high01, high23).AsSingle();
        component3 = Avx.UnpackHigh(high01, high23).AsSingle();
    }
}
