using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Stores for each centroid what <see cref="PointSketches"/> stores for each point; the scores of both are upper bounds of those in single precision.</summary>
/// <remarks>With the coordinates u and v of x and c in the directions, and the residuals r and s, x·c ≤ u·v + |r||s| + η|x||c| (Cauchy and Schwarz): one more product, of the lengths of the residuals, makes the score a bound.</remarks>
internal sealed unsafe class ProjectedCentroids
{
    private const int MinClusters = 64;
    private const int MinPoints = 1 << 13;

    private readonly int _clusters;
    private readonly AlignedBuffer<float> _projected;
    private readonly (double Norm, double Sketch)[] _measures;
    private double _middle;

    private ProjectedCentroids(IntegerKernel kernel, PointSketches points, int clusters, bool always)
    {
        (Kernel, Points, _clusters, Always) = (kernel, points, clusters, always);
        _projected = new AlignedBuffer<float>((long)clusters * Components);
        Panels = new IntegerPanels(kernel.PanelWidth, clusters, points.Words);
        _measures = new (double, double)[clusters];
    }

    /// <summary>Gets a value indicating whether searches use these scores regardless of the time, for tests.</summary>
    public bool Always { get; }

    public IntegerKernel Kernel { get; }

    public PointSketches Points { get; }

    public IntegerPanels Panels { get; }

    /// <summary>Gets a value indicating whether the packed centroids can be represented as integers.</summary>
    public bool IsUsable => Arithmetic.IsUsable;

    public QuantizedArithmetic Arithmetic { get; private set; }

    private int Components => Points.Projection.Directions + 1;

    /// <summary>Allocates storage for centroids, or returns null if no micro-kernel supports them or their scores cannot pay off.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="squaredNorms">The |x|² of the points (n).</param>
    /// <param name="clusters">The number of centroids, k.</param>
    /// <param name="always">Whether searches use these scores regardless of the time, for tests.</param>
    /// <param name="kernel">The micro-kernel of 16-bit components, or null for the fastest one.</param>
    public static ProjectedCentroids? CreateIfWorthwhile(ReadOnlySpan<float> points, float[] squaredNorms, int clusters, bool always = false, IntegerKernel? kernel = null)
    {
        kernel ??= IntegerKernel.FastestOfPairs;
        if (kernel is null || (!always && (clusters < MinClusters || squaredNorms.Length < MinPoints)))
        {
            return null;
        }

        var projection = PrincipalDirections.Find(points, points.Length / squaredNorms.Length, always);
        return projection is null ? null : new ProjectedCentroids(kernel, new PointSketches(projection, squaredNorms), clusters, always);
    }

    /// <summary>Projects and quantizes centroids (k × d), given the initial values of their scores (k).</summary>
    public void Pack(ReadOnlySpan<float> centroids, float* starts, int threads)
    {
        threads = CentroidPanels.ThreadsFor(centroids.Length, threads);
        fixed (float* pinned = centroids)
        {
            var rows = (nint)pinned;
            ParallelBlocks.For(Panels.Count, threads, panel => Project((float*)rows, panel), CancellationToken.None);
        }

        var measures = default(CentroidMeasures);
        var (minStart, maxStart) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var cluster = 0; cluster < _clusters; cluster++)
        {
            measures = measures with
            {
                MaxNorm = Math.Max(measures.MaxNorm, Math.Sqrt(_measures[cluster].Norm)),
                MaxDifference = Math.Max(measures.MaxDifference, Math.Sqrt(_measures[cluster].Sketch)),
                MaxStart = Math.Max(measures.MaxStart, Math.Abs(starts[cluster])),
            };
            (minStart, maxStart) = (Math.Min(minStart, starts[cluster]), Math.Max(maxStart, starts[cluster]));
        }

        _middle = (minStart + maxStart) / 2;
        var projection = Points.Projection;
        Arithmetic = new QuantizedArithmetic(Components, IntegerFormat.Pairs, measures with { MaxShiftedStart = maxStart - _middle }, ScoreError.Gamma(projection.Dimension) + projection.Error);
        if (IsUsable)
        {
            ParallelBlocks.For(Panels.Count, threads, panel => Fill(starts, panel), CancellationToken.None);
        }
    }

    /// <summary>Computes how a point's scores with these panels compare with those of its row.</summary>
    /// <param name="point">The number of the point.</param>
    /// <param name="score">The score of one centroid in single precision.</param>
    /// <param name="scoreOfRow">The integer score of the same centroid with its row.</param>
    /// <param name="candidates">The units of scores with rows; receives those of scores with panels.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Compare(int point, float score, int scoreOfRow, ref Candidates candidates)
    {
        var inverseScale = Points.InverseScales[point];
        var unit = (double)inverseScale * Arithmetic.InverseScale;
        candidates.Units.Start = (float)unit;
        candidates.Ratio = unit / candidates.RowUnit;

        // The two kinds of integer scores differ by an offset that is the same for all centroids; the given centroid reveals it.
        candidates.Slack = Arithmetic.Slack(inverseScale, unit) + (candidates.RowMargin * candidates.Ratio) + 1 - ((score - _middle) * unit) + (scoreOfRow * candidates.Ratio);
    }

    private void Project(float* centroids, int panel)
    {
        var (projection, end) = (Points.Projection, Math.Min(_clusters, (panel + 1) * Panels.Width));
        var projected = stackalloc float[Projection.Rows * projection.Stride];
        var rows = stackalloc float*[Projection.Rows];
        double* norms = stackalloc double[Projection.Rows], lengths = stackalloc double[Projection.Rows];
        for (var first = panel * Panels.Width; first < end; first += Projection.Rows)
        {
            for (var i = 0; i < Projection.Rows; i++)
            {
                rows[i] = centroids + ((long)Math.Min(first + i, end - 1) * projection.Dimension);
                norms[i] = Projection.Dot(rows[i], rows[i], projection.Dimension);
            }

            projection.Project(rows, norms, projected, lengths);
            for (var i = 0; i < Math.Min(Projection.Rows, end - first); i++)
            {
                _measures[first + i] = (norms[i], lengths[i]);
                new Span<float>(projected + (i * projection.Stride), Components).CopyTo(_projected.Span[((first + i) * Components)..]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(float* starts, int panel)
    {
        var row = stackalloc int[Panels.Words];
        var zero = stackalloc float[Components];
        new Span<float>(zero, Components).Clear();
        var end = Math.Min(_clusters, (panel + 1) * Panels.Width);
        for (var cluster = panel * Panels.Width; cluster < end; cluster++)
        {
            Quantizer.ToPairs(_projected.Pointer + ((long)cluster * Components), zero, Arithmetic.InverseScale, Components, row);
            Panels.Set(cluster, row, (float)(starts[cluster] - _middle));
        }

        if (end == _clusters)
        {
            Panels.Pad(end);
        }
    }
}
