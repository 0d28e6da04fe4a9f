using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Finds for every point the centroid of greatest x·c − |c|²/2 (or, spherical, of greatest x·c), the lowest number on a tie.</summary>
internal abstract unsafe class NearestCentroid
{
    public static readonly NearestCentroid With512 = new NearestCentroid<SimdTile<Simd512, Vector512<float>>>("Vector512");
    public static readonly NearestCentroid With256 = new NearestCentroid<SimdTile<Simd256, Vector256<float>>>("Vector256");
    public static readonly NearestCentroid With128 = new NearestCentroid<SimdTile<Simd128, Vector128<float>>>("Vector128");
    public static readonly NearestCentroid Portable = new NearestCentroid<PortableTile>("portable");

    /// <summary>The one of the widest vectors that this processor has.</summary>
    public static readonly NearestCentroid Fastest =
        Vector512.IsHardwareAccelerated ? With512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? With256
        : Vector128.IsHardwareAccelerated ? With128
        : Portable;

    private protected NearestCentroid(string name, int panelWidth)
    {
        Name = name;
        PanelWidth = panelWidth;
    }

    /// <summary>All, the widest first.</summary>
    public static IReadOnlyList<NearestCentroid> All { get; } = [With512, With256, With128, Portable];

    public string Name { get; }

    public int PanelWidth { get; }

    /// <summary>Writes the nearest centroid of each point (n) and max(0, |x|² + |c|² − 2x·c) or x·c (n).</summary>
    /// <param name="points">n × d.</param>
    /// <param name="pointNorms">|x|² (n); empty when spherical.</param>
    /// <param name="centroids">k × d.</param>
    /// <param name="spherical">Whether the greatest inner product wins.</param>
    /// <param name="labels">n.</param>
    /// <param name="distances">n.</param>
    /// <param name="threads">The largest number of threads.</param>
    /// <param name="cancellationToken">Looked at between blocks of points.</param>
    public void Find(
        ReadOnlySpan<float> points,
        ReadOnlySpan<float> pointNorms,
        CentroidPanels centroids,
        bool spherical,
        Span<int> labels,
        Span<float> distances,
        int threads,
        CancellationToken cancellationToken)
    {
        fixed (float* x = points, norms = pointNorms, distance = distances)
        fixed (int* label = labels)
        {
            var work = new Work { Points = x, Norms = spherical ? null : norms, Labels = label, Distances = distance, Count = labels.Length };
            var rows = Blocking.RowsOfBlock(work.Count, centroids, threads);
            ParallelBlocks.For((work.Count + rows - 1) / rows, threads, block => FindRows(work, centroids, block * rows, Math.Min(work.Count, (block + 1) * rows)), cancellationToken);
        }
    }

    private protected abstract void FindRows(Work work, CentroidPanels centroids, int start, int end);

    private protected struct Work
    {
        public float* Points;
        public float* Norms;
        public int* Labels;
        public float* Distances;
        public int Count;
    }
}

/// <summary>The search with one micro-kernel.</summary>
internal sealed unsafe class NearestCentroid<TTile>(string name) : NearestCentroid(name, TTile.PanelWidth)
    where TTile : struct, ITile
{
    // Compiled at full speed at once: a training may be over before tiering would get to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private protected override void FindRows(Work work, CentroidPanels centroids, int start, int end)
    {
        var step = Blocking.RowsAtOnce(centroids);
        var stride = KeepBest.Arrays * TTile.PanelWidth;
        var memory = stackalloc byte[(step * stride * sizeof(float)) + 64];
        var best = (float*)(((nint)memory + 63) & -64);
        var rows = stackalloc float*[step];
        for (; start < end; start += step)
        {
            var count = Math.Min(step, end - start);
            var tiles = (count + ITile.Rows - 1) / ITile.Rows;
            for (var row = 0; row < tiles * ITile.Rows; row++)
            {
                // Rows beyond the last repeat it: what they find is not read.
                rows[row] = work.Points + ((long)Math.Min(start + row, end - 1) * centroids.Dimension);
                TTile.Reset<KeepBest>(best + (row * stride));
            }

            var ahead = new Prefetch(work.Points + ((long)(start + step) * centroids.Dimension), (long)Math.Min(step, work.Count - start - step) * centroids.Dimension, tiles * centroids.Count);
            for (var panel = 0; panel < centroids.Count; panel++)
            {
                for (var tile = 0; tile < tiles; tile++)
                {
                    ahead.Next();
                    TTile.Score<KeepBest>(rows + (tile * ITile.Rows), centroids.Panel(panel), centroids.Starts(panel), centroids.Dimension, centroids.Numbers(panel), best + (tile * ITile.Rows * stride));
                }
            }

            for (var row = 0; row < count; row++)
            {
                var (score, number) = TTile.Best(best + (row * stride));
                work.Labels[start + row] = number;
                work.Distances[start + row] = work.Norms == null ? score : Math.Max(0, work.Norms[start + row] - (2 * score));
            }
        }
    }
}
