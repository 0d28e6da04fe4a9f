using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Of each centroid the same as <see cref="PointSketches"/> have of points: scores of both are upper bounds of those in single precision.</summary>
/// <remarks>With u and v what x and c have in the directions and r and s the rest, x·c ≤ u·v + |r||s| + η|x||c| (Cauchy and Schwarz): one product more, of the lengths of the rests, makes the score a bound.</remarks>
internal sealed unsafe class ProjectedCentroids
{
    private const int FewestClusters = 64;
    private const int FewestPoints = 1 << 13;

    private readonly int _clusters;
    private readonly AlignedBuffer<float> _projected;
    private readonly (double Norm, double Sketch)[] _measures;
    private double _middle;

    private ProjectedCentroids(IntegerKernel kernel, PointSketches points, int clusters, bool always)
    {
        (Kernel, Points, _clusters, Always) = (kernel, points, clusters, always);
        _projected = new AlignedBuffer<float>((long)clusters * Components);
        Panels = new IntegerPanels(kernel, clusters, points.Words);
        _measures = new (double, double)[clusters];
    }

    public bool Always { get; }

    public IntegerKernel Kernel { get; }

    public PointSketches Points { get; }

    public IntegerPanels Panels { get; }

    /// <summary>Whether these centroids can be had as integers.</summary>
    public bool IsUsable => Arithmetic.IsUsable;

    public QuantizedArithmetic Arithmetic { get; private set; }

    private int Components => Points.Projection.Directions + 1;

    /// <summary>Room for centroids; null where there is no micro-kernel for them or their scores cannot be worth it at all.</summary>
    /// <param name="points">n × d.</param>
    /// <param name="squaredNorms">|x|² (n).</param>
    /// <param name="clusters">k.</param>
    /// <param name="always">Whether searches take them whatever the time it takes, for tests.</param>
    /// <param name="kernel">The micro-kernel, of 16-bit components; the fastest unless a test asks for another.</param>
    public static ProjectedCentroids? IfConceivable(ReadOnlySpan<float> points, float[] squaredNorms, int clusters, bool always = false, IntegerKernel? kernel = null)
    {
        kernel ??= IntegerKernel.FastestOfPairs;
        if (kernel is null || (!always && (clusters < FewestClusters || squaredNorms.Length < FewestPoints)))
        {
            return null;
        }

        var projection = PrincipalDirections.Find(points, points.Length / squaredNorms.Length, always);
        return projection is null ? null : new ProjectedCentroids(kernel, new PointSketches(projection, squaredNorms), clusters, always);
    }

    /// <summary>Takes centroids (k × d) and what their scores start from (k).</summary>
    public void Pack(ReadOnlySpan<float> centroids, float* starts, int threads)
    {
        threads = CentroidPanels.ThreadsFor(centroids.Length, threads);
        fixed (float* pinned = centroids)
        {
            var rows = (nint)pinned;
            ParallelBlocks.For(Panels.Count, threads, panel => Project((float*)rows, panel), CancellationToken.None);
        }

        var measures = default(CentroidMeasures);
        var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var cluster = 0; cluster < _clusters; cluster++)
        {
            measures = measures with
            {
                GreatestNorm = Math.Max(measures.GreatestNorm, Math.Sqrt(_measures[cluster].Norm)),
                GreatestDifference = Math.Max(measures.GreatestDifference, Math.Sqrt(_measures[cluster].Sketch)),
                GreatestStart = Math.Max(measures.GreatestStart, Math.Abs(starts[cluster])),
            };
            (least, greatest) = (Math.Min(least, starts[cluster]), Math.Max(greatest, starts[cluster]));
        }

        _middle = (least + greatest) / 2;
        var projection = Points.Projection;
        Arithmetic = new QuantizedArithmetic(Components, IntegerFormat.Pairs, measures with { GreatestShifted = greatest - _middle }, ScoreError.Gamma(projection.Dimension) + projection.Error);
        if (IsUsable)
        {
            ParallelBlocks.For(Panels.Count, threads, panel => Fill(starts, panel), CancellationToken.None);
        }
    }

    /// <summary>Tells how a point's scores with these panels compare with those of its row.</summary>
    /// <param name="point">The point.</param>
    /// <param name="score">The score in single precision of some centroid.</param>
    /// <param name="scoreOfRow">The integer score of the same centroid.</param>
    /// <param name="candidates">What is known of scores with rows; receives the rest.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Compare(int point, float score, int scoreOfRow, ref Candidates candidates)
    {
        var inverseScale = Points.InverseScales[point];
        var unit = (double)inverseScale * Arithmetic.InverseScale;
        candidates.Units.Start = (float)unit;
        candidates.Ratio = unit / candidates.UnitOfRow;

        // Between the two integer scores lies what is the same for all centroids: the difference that the one centroid shows.
        candidates.Slack = Arithmetic.Slack(inverseScale, unit) + (candidates.MarginOfRow * candidates.Ratio) + 1 - ((score - _middle) * unit) + (scoreOfRow * candidates.Ratio);
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
