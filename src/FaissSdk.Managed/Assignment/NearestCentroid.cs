using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Finds for every point the centroid of greatest x·c − |c|²/2 (or, spherical, of greatest x·c), the lowest number on a tie.</summary>
internal abstract unsafe class NearestCentroid
{
    public static readonly NearestCentroid With512 = new NearestCentroid<SimdPairTile<Simd512, Vector512<float>>>("Vector512");
    public static readonly NearestCentroid With256 = new NearestCentroid<SimdTile<Simd256, Vector256<float>>>("Vector256");
    public static readonly NearestCentroid With128 = LaneTile.IsSupported
        ? new NearestCentroid<LaneTile>("AdvSimd")
        : new NearestCentroid<SimdTile<Simd128, Vector128<float>>>("Vector128");
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
    /// <param name="panels">The same, packed.</param>
    /// <param name="spherical">Whether the greatest inner product wins.</param>
    /// <param name="labels">Numbers of centroids (n), replaced; those that may well be the nearest save time.</param>
    /// <param name="distances">n.</param>
    /// <param name="threads">The largest number of threads.</param>
    /// <param name="cancellationToken">Looked at between blocks of points.</param>
    /// <param name="sums">Receives what is added up over the points, while they are at hand; or null.</param>
    /// <param name="weights">The weights of the points (n) in these sums, or empty.</param>
    /// <param name="choice">Is told which ways were taken; or null.</param>
    /// <param name="labelsKnown">Whether the labels are those of a search before.</param>
    public void Find(
        ReadOnlySpan<float> points,
        ReadOnlySpan<float> pointNorms,
        ReadOnlySpan<float> centroids,
        CentroidPanels panels,
        bool spherical,
        Span<int> labels,
        Span<float> distances,
        int threads,
        CancellationToken cancellationToken,
        ClusterSums? sums = null,
        ReadOnlySpan<float> weights = default,
        SearchChoice? choice = null,
        bool labelsKnown = false)
    {
        fixed (float* x = points, norms = pointNorms, distance = distances, rows = centroids, weight = weights)
        fixed (int* label = labels)
        {
            var work = new Work { Points = x, Norms = norms, Centroids = rows, Labels = label, Distances = distance, Weights = weight, Count = labels.Length, Spherical = spherical };
            Find(work, panels, null, labelsKnown, Blocking.RowsOfBlock(work.Count, panels, threads), threads, sums, choice, cancellationToken);
        }
    }

    /// <summary>The same where labels are known from the search before: centroids that bounds tell cannot be nearest are left out. The result is the same, bit for bit.</summary>
    /// <param name="points">n × d.</param>
    /// <param name="pointNorms">|x|² (n).</param>
    /// <param name="centroids">k × d.</param>
    /// <param name="bounds">What is known of the points; begun with the same centroids, which its panels hold.</param>
    /// <param name="spherical">Whether the greatest inner product wins.</param>
    /// <param name="labels">Those of the search before (n), replaced.</param>
    /// <param name="distances">n.</param>
    /// <param name="threads">The largest number of threads.</param>
    /// <param name="cancellationToken">Looked at between blocks of points.</param>
    /// <param name="sums">Receives what is added up over the points, while they are at hand; or null.</param>
    /// <param name="weights">The weights of the points (n) in these sums, or empty.</param>
    /// <param name="choice">Is told which ways were taken; or null.</param>
    public void Find(
        ReadOnlySpan<float> points,
        ReadOnlySpan<float> pointNorms,
        ReadOnlySpan<float> centroids,
        CentroidBounds bounds,
        bool spherical,
        Span<int> labels,
        Span<float> distances,
        int threads,
        CancellationToken cancellationToken,
        ClusterSums? sums = null,
        ReadOnlySpan<float> weights = default,
        SearchChoice? choice = null)
    {
        fixed (float* x = points, norms = pointNorms, distance = distances, rows = centroids, weight = weights)
        fixed (int* label = labels)
        {
            var work = new Work { Points = x, Norms = norms, Centroids = rows, Labels = label, Distances = distance, Weights = weight, Count = labels.Length, Spherical = spherical };
            Find(work, bounds.Panels, bounds, true, CentroidBounds.BlockRows, threads, sums, choice, cancellationToken);
        }
    }

    private void Find(Work work, CentroidPanels panels, CentroidBounds? bounds, bool labelsKnown, int rows, int threads, ClusterSums? sums, SearchChoice? choice, CancellationToken cancellationToken)
    {
        var blocks = (work.Count + rows - 1) / rows;
        int End(int block) => Math.Min(work.Count, (block + 1) * rows);
        var trial = panels.Trial;
        trial.Begin(Ways(panels, labelsKnown, blocks));
        var adding = sums is null ? null : new InOrder(blocks, block => sums.Add(work.Points, work.Weights, work.Labels, work.Distances, block * rows, End(block)));
        sums?.Clear();
        ParallelBlocks.For(
            blocks,
            threads,
            block =>
            {
                var clock = bounds?.StartClock(block) ?? 0;

                // The first block may be one of those that always have bounds.
                var way = bounds?.Cover(block) == true ? SearchWay.Bounds : trial.WayOf(Math.Max(0, block - 1));
                var (start, end) = (block * rows, End(block));
                if (way == SearchWay.Projected)
                {
                    // Once for all searches.
                    panels.Projected!.Points.Make(work.Points, start, end);
                }

                var trialClock = block == 0 ? 0 : trial.StartClock(block - 1);
                switch (way)
                {
                    case SearchWay.Bounds:
                        FindRows(work, bounds!, block, start, end);
                        break;
                    case SearchWay.Integer:
                        FindRows(work, panels, panels.Quantized!, start, end);
                        break;
                    case SearchWay.Projected:
                        FindRows(work, panels, panels.Projected!, start, end);
                        break;
                    default:
                        FindRows(work, panels, start, end);
                        break;
                }

                if (way != SearchWay.Bounds)
                {
                    trial.StopClock(way, trialClock, end - start);
                }

                bounds?.StopClock(block, clock);
                choice?.Count(way, end - start);
                adding?.Done(block);
            },
            cancellationToken);
    }

    private static SearchWay[] Ways(CentroidPanels panels, bool labelsKnown, int blocks)
    {
        var integer = panels.Quantized is { IsUsable: true };
        var projected = integer && labelsKnown && panels.Projected is { IsUsable: true };
        return projected && panels.Projected!.Always ? [SearchWay.Projected]
            : integer && panels.Quantized!.Always ? [SearchWay.Integer]
            : blocks < 4 * Trial.BlocksOfWay ? [SearchWay.Single]
            : (projected, integer) switch
            {
                (true, true) => [SearchWay.Single, SearchWay.Integer, SearchWay.Projected],
                (true, false) => [SearchWay.Single, SearchWay.Projected],
                (false, true) => [SearchWay.Single, SearchWay.Integer],
                _ => [SearchWay.Single],
            };
    }

    private protected abstract void FindRows(Work work, CentroidPanels centroids, int start, int end);

    private protected abstract void FindRows(Work work, CentroidPanels centroids, QuantizedCentroids quantized, int start, int end);

    private protected abstract void FindRows(Work work, CentroidPanels centroids, ProjectedCentroids projected, int start, int end);

    private protected abstract void FindRows(Work work, CentroidBounds bounds, int block, int start, int end);

    private protected struct Work
    {
        public float* Points;
        public float* Centroids;
        public float* Norms;
        public int* Labels;
        public float* Distances;
        public float* Weights;
        public int Count;
        public bool Spherical;

        // Of equal scores −0 and 0 either may be at hand: 0 is what is told.
        public readonly float Distance(int row, float score) => Spherical ? score + 0f : Math.Max(0, Norms[row] - (2 * score));
    }
}

/// <summary>The search with one micro-kernel.</summary>
internal sealed unsafe class NearestCentroid<TTile>(string name) : NearestCentroid(name, TTile.PanelWidth)
    where TTile : struct, ITile
{
    private protected override void FindRows(Work work, CentroidPanels centroids, int start, int end) => FindRows(work, centroids, null, start, end - start);

    /// <summary>Searches among the few centroids that are left by integer scores; among all where that leaves too many.</summary>
    private protected override void FindRows(Work work, CentroidPanels centroids, QuantizedCentroids quantized, int start, int end)
    {
        var rented = ArrayPool<int>.Shared.Rent(end - start);
        fixed (int* undecided = rented)
        {
            var points = work.Points + ((long)start * centroids.Dimension);
            var left = quantized.Kernel.Find(quantized, work.Centroids, centroids.Starts, points, end - start, work.Labels + start, work.Distances + start, undecided);
            Finish(work, centroids, undecided, left, start, end);
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    /// <summary>The same by bounds in few directions.</summary>
    private protected override void FindRows(Work work, CentroidPanels centroids, ProjectedCentroids projected, int start, int end)
    {
        var rented = ArrayPool<int>.Shared.Rent(end - start);
        fixed (int* undecided = rented)
        {
            var left = projected.Kernel.Find(projected, centroids.Quantized!, work.Centroids, centroids.Starts, work.Points, start, end - start, work.Labels + start, work.Distances + start, undecided);
            Finish(work, centroids, undecided, left, start, end);
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    /// <summary>Makes distances of scores, and searches among all centroids for the points that are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(Work work, CentroidPanels centroids, int* undecided, int left, int start, int end)
    {
        for (var row = start; row < end; row++)
        {
            work.Distances[row] = work.Distance(row, work.Distances[row]);
        }

        FindRows(work, centroids, undecided, start, left);
    }

    /// <summary>Searches among all centroids, for the points from one on or, of these, for those that a list tells (length).</summary>
    // Compiled at full speed at once: a training may be over before tiering would get to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void FindRows(Work work, CentroidPanels centroids, int* list, int start, int length)
    {
        var (panels, dimension, step) = (centroids.Count, centroids.Dimension, Blocking.RowsAtOnce(centroids));
        var stride = KeepBest.Arrays * TTile.PanelWidth;
        var memory = stackalloc byte[(step * stride * sizeof(float)) + 64];
        var best = (float*)(((nint)memory + 63) & -64);
        var rows = stackalloc float*[step];
        for (var first = 0; first < length; first += step)
        {
            var count = Math.Min(step, length - first);
            var tiles = (count + ITile.Rows - 1) / ITile.Rows;
            for (var row = 0; row < tiles * ITile.Rows; row++)
            {
                // Rows beyond the last repeat it: what they find is not read.
                rows[row] = work.Points + ((long)RowOf(list, start, Math.Min(first + row, length - 1)) * dimension);
                TTile.Reset<KeepBest>(best + (row * stride));
            }

            var steps = TTile.HasPairs ? (tiles + 1) / 2 : tiles;
            var next = start + first + step;
            var ahead = new Prefetch(work.Points + ((long)next * dimension), list == null ? Math.Max(0, (long)Math.Min(step, work.Count - next) * dimension) : 0, steps * panels);
            for (var index = 0; index < panels; index++)
            {
                Score<KeepBest>(rows, tiles, centroids[index], dimension, best, ref ahead);
            }

            for (var row = 0; row < count; row++)
            {
                var (score, number) = TTile.Best(best + (row * stride));
                var point = RowOf(list, start, first + row);
                work.Labels[point] = number;
                work.Distances[point] = work.Distance(point, score);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RowOf(int* list, int start, int index) => start + (list == null ? index : list[index]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private protected override void FindRows(Work work, CentroidBounds bounds, int block, int start, int end)
    {
        var (groups, count, arithmetic) = (bounds.Groups, end - start, bounds.Arithmetic);
        var scores = stackalloc float[CentroidBounds.BlockRows];
        var numbers = stackalloc int[CentroidBounds.BlockRows];
        var lists = ArrayPool<byte>.Shared.Rent(groups * CentroidBounds.BlockRows);
        var lengths = stackalloc int[groups];
        new Span<int>(lengths, groups).Clear();
        var dimension = bounds.Panels.Dimension;
        var points = stackalloc float*[CentroidBounds.BlockRows];
        for (var row = 0; row < count; row++)
        {
            points[row] = work.Points + ((long)(start + row) * dimension);
        }

        OwnScore.Compute(points, work.Labels + start, work.Centroids, bounds.Panels.Starts, dimension, scores, count, OwnScore.Ahead(points[0], dimension, count));
        fixed (float* bound = bounds.Of(block))
        fixed (byte* list = lists)
        fixed (int* groupOf = bounds.GroupOf)
        {
            for (var row = 0; row < count; row++)
            {
                numbers[row] = work.Labels[start + row];
                var threshold = Vector128.Create(arithmetic.Threshold(work.Norms[start + row], scores[row]));
                for (var group = 0; group < groups; group += CentroidBounds.GroupsAtOnce)
                {
                    for (var needed = arithmetic.Needed(bound + (row * groups), group, threshold); needed != 0; needed &= needed - 1)
                    {
                        var one = group + BitOperations.TrailingZeroCount(needed);
                        list[(one * CentroidBounds.BlockRows) + lengths[one]++] = (byte)row;
                    }
                }
            }

            for (var group = 0; group < groups; group++)
            {
                FindInGroup(work, bounds, arithmetic, groupOf, bound, group, list + (group * CentroidBounds.BlockRows), lengths[group], start, scores, numbers);
            }
        }

        for (var row = 0; row < count; row++)
        {
            work.Labels[start + row] = numbers[row];
            work.Distances[start + row] = work.Distance(start + row, scores[row]);
        }

        ArrayPool<byte>.Shared.Return(lists);
    }

    /// <summary>Scores tiles of points against one panel, two at a time where that can be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Score<TKeep>(float** rows, int tiles, CentroidPanel panel, int dimension, float* best, ref Prefetch ahead)
        where TKeep : struct, IKeep
    {
        var stride = ITile.Rows * TKeep.Arrays * TTile.PanelWidth;
        var tile = 0;
        for (; TTile.HasPairs && tile < tiles - 1; tile += 2)
        {
            TTile.ScorePair<TKeep>(rows + (tile * ITile.Rows), panel, dimension, best + (tile * stride), ahead.NextRun(dimension));
        }

        for (; tile < tiles; tile++)
        {
            TTile.Score<TKeep>(rows + (tile * ITile.Rows), panel, dimension, best + (tile * stride), ahead.NextRun(dimension));
        }
    }

    /// <summary>Scores a group for the points of a list, and renews their bounds and their best.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void FindInGroup(Work work, CentroidBounds bounds, in BoundArithmetic arithmetic, int* groupOf, float* lower, int group, byte* list, int length, int start, float* scores, int* numbers)
    {
        const int Step = 8 * ITile.Rows;
        var (panels, groups, dimension) = (bounds.Panels, bounds.Groups, bounds.Panels.Dimension);
        var (firstPanel, endPanel) = (bounds.FirstPanel(group), bounds.FirstPanel(group + 1));
        var stride = KeepTwo.Arrays * TTile.PanelWidth;
        var memory = stackalloc byte[(Step * stride * sizeof(float)) + 64];
        var best = (float*)(((nint)memory + 63) & -64);
        var rows = stackalloc float*[Step];
        float* tops = stackalloc float[Step], norms = stackalloc float[Step], stored = stackalloc float[Step];
        for (var first = 0; first < length; first += Step)
        {
            var count = Math.Min(Step, length - first);
            var tiles = (count + ITile.Rows - 1) / ITile.Rows;
            for (var i = 0; i < tiles * ITile.Rows; i++)
            {
                // Rows beyond the last repeat it: what they find is not read.
                rows[i] = work.Points + ((long)(start + list[Math.Min(first + i, length - 1)]) * dimension);
                TTile.Reset<KeepTwo>(best + (i * stride));
            }

            for (var index = firstPanel; index < endPanel; index++)
            {
                var nothing = new Prefetch(rows[0], 0, 1);
                Score<KeepTwo>(rows, tiles, panels[index], dimension, best, ref nothing);
            }

            for (var i = 0; i < count; i++)
            {
                tops[i] = TTile.BestScore(best + (i * stride));
                norms[i] = work.Norms[start + list[first + i]];
            }

            for (var i = 0; i < count; i += Vector128<float>.Count)
            {
                arithmetic.Store(Vector128.Load(norms + i), Vector128.Load(tops + i), group).Store(stored + i);
            }

            for (var i = 0; i < count; i++)
            {
                int row = list[first + i];
                if (tops[i] >= scores[row])
                {
                    var kept = best + (i * stride);
                    var (score, number) = TTile.Best(kept);
                    if (score > scores[row] || number <= numbers[row])
                    {
                        // What was best until now is one more of its group's others; in this group it is among the others anyway.
                        var displaced = groupOf[numbers[row]];
                        if (displaced != group)
                        {
                            ref var other = ref lower[(row * groups) + displaced];
                            other = Math.Min(other, arithmetic.Store(norms[i], scores[row], displaced));
                        }

                        (scores[row], numbers[row]) = (score, number);
                        stored[i] = arithmetic.Store(norms[i], TTile.SecondScore(kept, number), group);
                    }
                }

                lower[(row * groups) + group] = stored[i];
            }
        }
    }
}
