using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Scores queries against panels of vectors: x·c − |c|²/2 or x·c, which exclude most vectors from exact distances.</summary>
internal abstract unsafe class FlatKernel(string name, int panelWidth)
{
    public static readonly FlatKernel With512 = new FlatKernel<SimdPairTile<Simd512, Vector512<float>>>("Vector512");
    public static readonly FlatKernel With256 = new FlatKernel<SimdTile<Simd256, Vector256<float>>>("Vector256");
    public static readonly FlatKernel With128 = LaneTile.IsSupported
        ? new FlatKernel<LaneTile>("AdvSimd")
        : new FlatKernel<SimdTile<Simd128, Vector128<float>>>("Vector128");

    public static readonly FlatKernel Portable = new FlatKernel<PortableTile>("portable");

    /// <summary>The kernel with the widest vectors that this processor supports.</summary>
    public static readonly FlatKernel Fastest =
        Vector512.IsHardwareAccelerated ? With512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? With256
        : Vector128.IsHardwareAccelerated ? With128
        : Portable;

    /// <summary>Gets all kernels, the widest first.</summary>
    public static IReadOnlyList<FlatKernel> All { get; } = [With512, With256, With128, Portable];

    public string Name { get; } = name;

    public int PanelWidth { get; } = panelWidth;

    /// <summary>Scores queries against one panel.</summary>
    /// <param name="queries">The addresses of the queries (tiles × 6).</param>
    /// <param name="tiles">The number of tiles of six queries.</param>
    /// <param name="panel">The panel of vectors.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="scores">Receives the scores (tiles × 6 × <see cref="PanelWidth"/>).</param>
    public abstract void Score(float** queries, int tiles, CentroidPanel panel, int dimension, float* scores);

    /// <summary>Returns a bit for each score that is at least the threshold, the lowest for the first of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AtLeast(float* scores, int width, float threshold)
    {
        if (Vector512.IsHardwareAccelerated && width == 2 * Vector512<float>.Count)
        {
            var limit = Vector512.Create(threshold);
            return Vector512.GreaterThanOrEqual(Vector512.Load(scores), limit).ExtractMostSignificantBits()
                | (Vector512.GreaterThanOrEqual(Vector512.Load(scores + Vector512<float>.Count), limit).ExtractMostSignificantBits() << Vector512<float>.Count);
        }

        var mask = 0UL;
        var limits = Vector128.Create(threshold);
        for (var lane = 0; lane < width; lane += Vector128<float>.Count)
        {
            mask |= (ulong)Vector128.GreaterThanOrEqual(Vector128.Load(scores + lane), limits).ExtractMostSignificantBits() << lane;
        }

        return mask;
    }
}

/// <inheritdoc/>
/// <typeparam name="TTile">The micro-kernel.</typeparam>
internal sealed unsafe class FlatKernel<TTile>(string name) : FlatKernel(name, TTile.PanelWidth)
    where TTile : struct, ITile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Score(float** queries, int tiles, CentroidPanel panel, int dimension, float* scores)
    {
        var tile = 0;
        for (; TTile.HasPairs && tile < tiles - 1; tile += 2)
        {
            TTile.ScorePair<KeepScores>(queries + (tile * ITile.Rows), panel, dimension, scores + (tile * ITile.Rows * TTile.PanelWidth), Prefetch.Run.None(scores));
        }

        for (; tile < tiles; tile++)
        {
            TTile.Score<KeepScores>(queries + (tile * ITile.Rows), panel, dimension, scores + (tile * ITile.Rows * TTile.PanelWidth), Prefetch.Run.None(scores));
        }
    }
}
