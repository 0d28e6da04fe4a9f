using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Centroids less their mean as integers, in panels: their scores, had sooner than those in single precision, tell which few centroids can be the nearest.</summary>
internal sealed unsafe class QuantizedCentroids
{
    private const int FewestComponents = 16;
    private const int FewestClusters = 32;

    // A centroid's greatest component may be rounded to this part of it.
    private const double LeastCut = 0.3;
    private const double StepOfCut = 0.9;

    // With fewer, nothing is tried.
    private const int FewestSteps = 4 * Trial.BlocksOfWay;

    private readonly int _clusters;
    private readonly AlignedBuffer<int> _rows;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<float> _mean;

    // |c|², |c − m|², its greatest component and t of each.
    private readonly (double Norm, double Difference, double Component, double Shifted)[] _measures;
    private QuantizedArithmetic _ofPanels;
    private QuantizedArithmetic _ofRows;

    private QuantizedCentroids(IntegerKernel kernel, int clusters, int dimension, bool always)
    {
        (Kernel, _clusters, Dimension, Always) = (kernel, clusters, dimension, always);
        WordsOfRow = IntegerFormat.Pairs.WordsOf(dimension);
        Panels = new IntegerPanels(kernel, clusters, kernel.Format.WordsOf(dimension));
        _rows = new AlignedBuffer<int>((long)clusters * WordsOfRow);
        _starts = new AlignedBuffer<float>(clusters);
        _mean = new AlignedBuffer<float>(dimension);
        _measures = new (double, double, double, double)[clusters];
    }

    public IntegerKernel Kernel { get; }

    public IntegerPanels Panels { get; }

    public int Dimension { get; }

    /// <summary>The words of a vector of 16-bit components.</summary>
    public int WordsOfRow { get; }

    public bool Always { get; }

    /// <summary>Whether these centroids can be had as integers.</summary>
    public bool IsUsable => _ofPanels.IsUsable && _ofRows.IsUsable;

    /// <summary>Room for centroids; null where there is no micro-kernel for them or its scores cannot be worth it at all.</summary>
    /// <param name="count">n.</param>
    /// <param name="clusters">k.</param>
    /// <param name="dimension">d.</param>
    /// <param name="always">Whether searches take them whatever the time it takes, for tests.</param>
    /// <param name="kernel">The micro-kernel; the fastest unless a test asks for another.</param>
    public static QuantizedCentroids? IfConceivable(int count, int clusters, int dimension, bool always = false, IntegerKernel? kernel = null) =>
        (kernel ?? IntegerKernel.Fastest) is { } taken && dimension <= QuantizedArithmetic.MostComponents
        && (always || (dimension >= FewestComponents && clusters >= FewestClusters && count / Blocking.RowsOverPanel(dimension) >= FewestSteps))
            ? new QuantizedCentroids(taken, clusters, dimension, always) : null;

    /// <summary>Takes centroids (k × d) and what their scores start from (k).</summary>
    public void Pack(ReadOnlySpan<float> centroids, float* starts, int threads)
    {
        threads = CentroidPanels.ThreadsFor(centroids.Length, threads);
        var meanNorm = TakeMean(centroids);
        fixed (float* pinned = centroids)
        {
            var rows = (nint)pinned;
            ParallelBlocks.For(Panels.Count, threads, panel => Measure((float*)rows, panel, starts), CancellationToken.None);
            var measures = new CentroidMeasures { MeanNorm = meanNorm };
            var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var cluster = 0; cluster < _clusters; cluster++)
            {
                var (norm, difference, component, shifted) = _measures[cluster];
                measures = measures with
                {
                    GreatestNorm = Math.Max(measures.GreatestNorm, Math.Sqrt(norm)),
                    GreatestDifference = Math.Max(measures.GreatestDifference, Math.Sqrt(difference)),
                    GreatestComponent = Math.Max(measures.GreatestComponent, component),
                    GreatestStart = Math.Max(measures.GreatestStart, Math.Abs(starts[cluster])),
                };
                (least, greatest) = (Math.Min(least, shifted), Math.Max(greatest, shifted));
            }

            var middle = (least + greatest) / 2;
            measures = measures with { GreatestShifted = greatest - middle };
            _ofRows = new QuantizedArithmetic(Dimension, IntegerFormat.Pairs, measures);
            _ofPanels = new QuantizedArithmetic(Dimension, Kernel.Format, measures);
            if (IsUsable)
            {
                ParallelBlocks.For(Panels.Count, threads, panel => Fill((float*)rows, panel, middle), CancellationToken.None);
            }
        }
    }

    /// <summary>Makes integers of points.</summary>
    /// <param name="points">n × d.</param>
    /// <param name="count">n.</param>
    /// <param name="words">Receives them as panels want them, unless that is as rows do; null when panels are not asked.</param>
    /// <param name="rows">Receives them as rows want them (n × <see cref="WordsOfRow"/>).</param>
    /// <param name="candidates">Receives what makes their scores comparable (n).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public void Quantize(float* points, int count, int* words, int* rows, Candidates* candidates)
    {
        // All lengths first: a root and a division take long, but do not keep other points waiting.
        var measures = stackalloc float[2 * count];
        for (var i = 0; i < count; i++)
        {
            measures[2 * i] = Quantizer.SquaredDistance(points + ((long)i * Dimension), _mean.Pointer, Dimension, out measures[(2 * i) + 1]);
        }

        for (var i = 0; i < count; i++)
        {
            var point = points + ((long)i * Dimension);
            var (length, greatest) = (MathF.Sqrt(measures[2 * i]), measures[(2 * i) + 1]);
            ref var of = ref candidates[i];
            of.Row = rows + ((long)i * WordsOfRow);
            _ofRows.Scale(length, out var inverseScale, out of.UnitOfRow);
            var slackOfRow = _ofRows.Slack(length, inverseScale, of.UnitOfRow);
            (of.Units.Start, of.Ratio, of.MarginOfRow, of.Slack) = (of.UnitOfRow, 1, 2 * slackOfRow, (2 * slackOfRow) + 1);
            if (Kernel.Format.IsBytes && words != null)
            {
                _ofPanels.Scale(greatest, out var inverseScaleOfPanels, out of.Units.Start);
                var rounding = Quantizer.ToPairsAndQuads(point, _mean.Pointer, inverseScale, inverseScaleOfPanels, Dimension, Kernel.Format.Offset, of.Row, words + ((long)i * Panels.Words), Panels.Words);
                of.Units.Rounding = (float)_ofPanels.Rounding(rounding);
                of.Units.Length = length * inverseScaleOfPanels;
                of.Ratio = (double)of.Units.Start / of.UnitOfRow;
                of.Slack = _ofPanels.Slack(length, inverseScaleOfPanels, of.Units.Start) + (slackOfRow * of.Ratio) + 1;
            }
            else
            {
                Quantizer.ToPairs(point, _mean.Pointer, inverseScale, Dimension, of.Row);
            }
        }
    }

    /// <summary>The score of a point's integers and one centroid's row.</summary>
    /// <param name="point">The point as rows want it.</param>
    /// <param name="unit">What a float start is multiplied by.</param>
    /// <param name="cluster">The centroid.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Score(int* point, float unit, int cluster)
    {
        var row = _rows.Pointer + ((long)cluster * WordsOfRow);
        var (sums0, sums1) = (Vector256<int>.Zero, Vector256<int>.Zero);
        nint j = 0;
        if (PairTile512.IsSupported)
        {
            var sums = Vector512<int>.Zero;
            for (; j <= WordsOfRow - 16; j += 16)
            {
                sums += Avx512BW.MultiplyAddAdjacent(Vector512.Load(point + j).AsInt16(), Vector512.Load(row + j).AsInt16());
            }

            sums0 = sums.GetLower() + sums.GetUpper();
        }

        for (; j <= WordsOfRow - 16; j += 16)
        {
            sums0 = PairProducts.MultiplyAdd(sums0, Vector256.Load(point + j), Vector256.Load(row + j));
            sums1 = PairProducts.MultiplyAdd(sums1, Vector256.Load(point + j + 8), Vector256.Load(row + j + 8));
        }

        for (; j < WordsOfRow; j++)
        {
            sums1 = PairProducts.MultiplyAdd(sums1, Vector256.CreateScalar(point[j]), Vector256.CreateScalar(row[j]));
        }

        return Vector256.Sum(sums0 + sums1) + Sse.ConvertToInt32(Vector128.CreateScalarUnsafe(unit * _starts.Pointer[cluster]));
    }

    /// <summary>The mean of the centroids, and its length.</summary>
    private double TakeMean(ReadOnlySpan<float> centroids)
    {
        var mean = _mean.Span;
        mean.Clear();
        for (var start = 0; start < centroids.Length; start += Dimension)
        {
            TensorPrimitives.Add(mean, centroids.Slice(start, Dimension), mean);
        }

        // Any vector will do, so this one's own rounding matters no more.
        TensorPrimitives.Divide(mean, _clusters, mean);
        var squared = 0.0;
        foreach (var component in mean)
        {
            squared += (double)component * component;
        }

        return Math.Sqrt(squared);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Measure(float* rows, int panel, float* starts)
    {
        var mean = _mean.Pointer;
        var end = Math.Min(_clusters, (panel + 1) * Panels.Width);
        for (var cluster = panel * Panels.Width; cluster < end; cluster++)
        {
            var centroid = rows + ((long)cluster * Dimension);
            var (norms, differences, products) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
            var greatest = Vector256<double>.Zero;
            nint j = 0;
            for (; j <= Dimension - 4; j += 4)
            {
                var (c, m) = (Avx.ConvertToVector256Double(Vector128.Load(centroid + j)), Avx.ConvertToVector256Double(Vector128.Load(mean + j)));
                norms += c * c;
                products += c * m;
                differences += (c - m) * (c - m);
                greatest = Vector256.MaxNative(greatest, Vector256.Abs(c - m));
            }

            var (norm, difference, product) = (Vector256.Sum(norms), Vector256.Sum(differences), Vector256.Sum(products));
            var most = Math.Max(Math.Max(greatest[0], greatest[1]), Math.Max(greatest[2], greatest[3]));
            for (; j < Dimension; j++)
            {
                double c = centroid[j], m = mean[j];
                norm += c * c;
                product += c * m;
                difference += (c - m) * (c - m);
                most = Math.Max(most, Math.Abs(c - m));
            }

            _measures[cluster] = (norm, difference, most, product + starts[cluster]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(float* rows, int panel, double middle)
    {
        var (format, words, end) = (Kernel.Format, Panels.Words, Math.Min(_clusters, (panel + 1) * Panels.Width));
        int* quads = stackalloc int[words], others = stackalloc int[words];
        for (var cluster = panel * Panels.Width; cluster < end; cluster++)
        {
            var centroid = rows + ((long)cluster * Dimension);
            var row = _rows.Pointer + ((long)cluster * WordsOfRow);
            var start = (float)(_measures[cluster].Shifted - middle);
            _starts.Pointer[cluster] = start;
            Quantizer.ToPairs(centroid, _mean.Pointer, _ofRows.InverseScale, Dimension, row);
            if (!format.IsBytes)
            {
                Panels.Set(cluster, row, start);
                continue;
            }

            // Each with all the bits there are; its scale makes its scores those of the greatest. Cutting few great components off may leave less to rounding in all.
            var (scale, rounding) = (1f, float.PositiveInfinity);
            for (var cut = 1.0; cut > LeastCut; cut *= StepOfCut)
            {
                var inverseScale = _ofPanels.InverseScaleOfCentroid(cut * _measures[cluster].Component);
                var scaleOfCut = _ofPanels.InverseScale / inverseScale;
                var roundingOfCut = scaleOfCut * scaleOfCut * Quantizer.ToQuads(centroid, _mean.Pointer, inverseScale, Dimension, 0, format.Greatest, others, words);
                if (!(roundingOfCut < rounding))
                {
                    break;
                }

                (scale, rounding) = (scaleOfCut, roundingOfCut);
                var swap = quads;
                quads = others;
                others = swap;
            }

            var offset = 0;
            foreach (var component in new Span<sbyte>(quads, 4 * words))
            {
                offset -= format.Offset * component;
            }

            var roundingOfCentroid = _ofPanels.Rounding(rounding);
            var length = (Math.Sqrt(_measures[cluster].Difference) * _ofPanels.InverseScale) + roundingOfCentroid;
            Panels.Set(cluster, quads, start, offset, scale, (float)(length * QuantizedArithmetic.More), (float)(roundingOfCentroid * QuantizedArithmetic.More));
        }

        if (end == _clusters)
        {
            Panels.Pad(end);
        }
    }
}
