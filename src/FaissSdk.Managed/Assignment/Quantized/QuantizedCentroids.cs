using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Stores centroids, less their mean, as integers in panels. Integer scores are faster than those in single precision, and exclude most centroids.</summary>
internal sealed unsafe class QuantizedCentroids
{
    private const int MinDimension = 16;
    private const int MinClusters = 32;

    // The maximum component of a centroid may be clipped to this fraction.
    private const double MinClip = 0.3;
    private const double ClipStep = 0.9;

    // With fewer steps the autotuner measures nothing.
    private const int MinSteps = 4 * SearchAutotuner.BlocksPerMethod;

    private readonly int _clusters;
    private readonly bool _hasRows;
    private readonly AlignedBuffer<int> _rows;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<float> _mean;

    // The |c|², |c − m|², maximum component of c − m and t of each centroid.
    private readonly (double Norm, double Difference, double Component, double Shifted)[] _measures;
    private QuantizedArithmetic _panelArithmetic;
    private QuantizedArithmetic _rowArithmetic;
    private double _middle;
    private double _meanSquare;

    private QuantizedCentroids(IntegerKernel kernel, int clusters, int dimension, bool always, bool hasRows = true, int? panelWidth = null)
    {
        (Kernel, _clusters, Dimension, Always, _hasRows) = (kernel, clusters, dimension, always, hasRows);
        WordsPerRow = IntegerFormat.Pairs.WordsOf(dimension);
        Panels = new IntegerPanels(panelWidth ?? kernel.PanelWidth, clusters, kernel.Format.WordsOf(dimension));
        _rows = new AlignedBuffer<int>(hasRows ? (long)clusters * WordsPerRow : 0);
        _starts = new AlignedBuffer<float>(clusters);
        _mean = new AlignedBuffer<float>(dimension);
        _measures = new (double, double, double, double)[clusters];
    }

    public IntegerKernel Kernel { get; }

    public IntegerPanels Panels { get; }

    public int Dimension { get; }

    /// <summary>Gets the number of words of a vector of 16-bit components.</summary>
    public int WordsPerRow { get; }

    /// <summary>Gets a value indicating whether searches use these scores regardless of the time, for tests.</summary>
    public bool Always { get; }

    /// <summary>Gets a value indicating whether the packed centroids can be represented as integers.</summary>
    public bool IsUsable => _panelArithmetic.IsUsable && (!_hasRows || _rowArithmetic.IsUsable);

    /// <summary>Allocates storage for centroids, or returns null if no micro-kernel supports them or integer scores cannot pay off.</summary>
    /// <param name="count">The number of points, n.</param>
    /// <param name="clusters">The number of centroids, k.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="always">Whether searches use integer scores regardless of the time, for tests.</param>
    /// <param name="kernel">The micro-kernel, or null for the fastest one.</param>
    public static QuantizedCentroids? CreateIfWorthwhile(int count, int clusters, int dimension, bool always = false, IntegerKernel? kernel = null) =>
        (kernel ?? IntegerKernel.Fastest) is { } taken && dimension <= QuantizedArithmetic.MaxDimension
        && (always || (dimension >= MinDimension && clusters >= MinClusters && count / Blocking.RowsPerStep(dimension) >= MinSteps))
            ? new QuantizedCentroids(taken, clusters, dimension, always) : null;

    /// <summary>Allocates storage for vectors that are compared by <see cref="QuantizeQuery"/>: panels of 8-bit components without rows of 16-bit ones. Returns null if no micro-kernel supports them.</summary>
    /// <param name="count">The number of vectors.</param>
    /// <param name="dimension">The number of components, d.</param>
    public static QuantizedCentroids? CreateForSearch(int count, int dimension) =>
        IntegerKernel.Fastest is { Format.IsBytes: true } kernel && dimension is >= MinDimension and <= QuantizedArithmetic.MaxDimension
            ? new QuantizedCentroids(kernel, count, dimension, always: true, hasRows: false) : null;

    /// <summary>Allocates storage for vectors that are compared one at a time by <see cref="IntegerRow"/>: rows of 7-bit components. Returns null if the processor does not support them.</summary>
    /// <param name="count">The number of vectors.</param>
    /// <param name="dimension">The number of components, d.</param>
    public static QuantizedCentroids? CreateRows(int count, int dimension) =>
        IntegerKernel.All.FirstOrDefault(kernel => kernel.Format == IntegerFormat.Quads7) is { } kernel && dimension is >= MinDimension and <= QuantizedArithmetic.MaxDimension
            ? new QuantizedCentroids(kernel, count, dimension, always: true, hasRows: false, panelWidth: 1) : null;

    /// <summary>Quantizes centroids (k × d), given the initial values of their scores (k).</summary>
    public void Pack(ReadOnlySpan<float> centroids, float* starts, int threads)
    {
        threads = CentroidPanels.ThreadsFor(centroids.Length, threads);
        var meanNorm = ComputeMean(centroids);
        fixed (float* pinned = centroids)
        {
            var rows = (nint)pinned;
            ParallelBlocks.For(Panels.Count, threads, panel => Measure((float*)rows, panel, starts), CancellationToken.None);
            var measures = new CentroidMeasures { MeanNorm = meanNorm };
            var (minShifted, maxShifted) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var cluster = 0; cluster < _clusters; cluster++)
            {
                var (norm, difference, component, shifted) = _measures[cluster];
                measures = measures with
                {
                    MaxNorm = Math.Max(measures.MaxNorm, Math.Sqrt(norm)),
                    MaxDifference = Math.Max(measures.MaxDifference, Math.Sqrt(difference)),
                    MaxComponent = Math.Max(measures.MaxComponent, component),
                    MaxStart = Math.Max(measures.MaxStart, Math.Abs(starts[cluster])),
                };
                (minShifted, maxShifted) = (Math.Min(minShifted, shifted), Math.Max(maxShifted, shifted));
            }

            var middle = (minShifted + maxShifted) / 2;
            _middle = middle;
            measures = measures with { MaxShiftedStart = maxShifted - middle };
            _rowArithmetic = new QuantizedArithmetic(Dimension, IntegerFormat.Pairs, measures);
            _panelArithmetic = new QuantizedArithmetic(Dimension, Kernel.Format, measures);
            if (IsUsable)
            {
                ParallelBlocks.For(Panels.Count, threads, panel => Fill((float*)rows, panel, middle), CancellationToken.None);
            }
        }
    }

    /// <summary>Quantizes points.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="count">The number of points, n.</param>
    /// <param name="words">Receives the points in the format of panels, unless it equals that of rows; null if panels are not used.</param>
    /// <param name="rows">Receives the points in the format of rows (n × <see cref="WordsPerRow"/>).</param>
    /// <param name="candidates">Receives the units that make the scores comparable (n).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public void Quantize(float* points, int count, int* words, int* rows, Candidates* candidates)
    {
        // All lengths first: the latencies of root and division then overlap among points.
        var measures = stackalloc float[2 * count];
        for (var i = 0; i < count; i++)
        {
            measures[2 * i] = Quantizer.SquaredDistance(points + ((long)i * Dimension), _mean.Pointer, Dimension, out measures[(2 * i) + 1]);
        }

        for (var i = 0; i < count; i++)
        {
            var point = points + ((long)i * Dimension);
            var (length, maxComponent) = (MathF.Sqrt(measures[2 * i]), measures[(2 * i) + 1]);
            ref var candidate = ref candidates[i];
            candidate.Row = rows + ((long)i * WordsPerRow);
            _rowArithmetic.Scale(length, out var inverseScale, out candidate.RowUnit);
            var rowSlack = _rowArithmetic.Slack(length, inverseScale, candidate.RowUnit);
            (candidate.Units.Start, candidate.Ratio, candidate.RowMargin, candidate.Slack) = (candidate.RowUnit, 1, 2 * rowSlack, (2 * rowSlack) + 1);
            if (Kernel.Format.IsBytes && words != null)
            {
                _panelArithmetic.Scale(maxComponent, out var panelInverseScale, out candidate.Units.Start);
                var rounding = Quantizer.ToPairsAndQuads(point, _mean.Pointer, inverseScale, panelInverseScale, Dimension, Kernel.Format.Offset, candidate.Row, words + ((long)i * Panels.Words), Panels.Words);
                candidate.Units.Rounding = (float)_panelArithmetic.Rounding(rounding);
                candidate.Units.Length = length * panelInverseScale;
                candidate.Ratio = (double)candidate.Units.Start / candidate.RowUnit;
                candidate.Slack = _panelArithmetic.Slack(length, panelInverseScale, candidate.Units.Start) + (rowSlack * candidate.Ratio) + 1;
            }
            else
            {
                Quantizer.ToPairs(point, _mean.Pointer, inverseScale, Dimension, candidate.Row);
            }
        }
    }

    /// <summary>Quantizes a query.</summary>
    /// <param name="query">The query (d).</param>
    /// <param name="words">Receives the query in the format of panels.</param>
    /// <param name="units">Receives the units that make the scores of panels upper bounds.</param>
    /// <param name="unit">Receives the factor 1 / ab that converts a score to an integer score.</param>
    /// <param name="bias">Receives what converts the integer score I of a panel to an upper bound of the exact score: (I + slack)·ab + bias.</param>
    /// <param name="slack">Receives the slack; infinite if the query cannot be represented.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void QuantizeQuery(float* query, int* words, out ScoreUnits units, out double unit, out double bias, out double slack)
    {
        var length = MathF.Sqrt(Quantizer.SquaredDistance(query, _mean.Pointer, Dimension, out var maxComponent));
        units = default;
        _panelArithmetic.Scale(maxComponent, out var inverseScale, out units.Start);
        units.Rounding = (float)_panelArithmetic.Rounding(Quantizer.ToQuads(query, _mean.Pointer, inverseScale, Dimension, Kernel.Format.Offset, Kernel.Format.MaxMagnitude, words, Panels.Words));
        units.Length = length * inverseScale;
        unit = units.Start;

        // x·c − |c|²/2 is the score of x − m and c − m plus (x − m)·m and the middle of the starts.
        var mean = Math.Sqrt(_meanSquare);
        bias = Projection.Dot(query, _mean.Pointer, Dimension) - _meanSquare + _middle;
        bias += 1e-11 * ((((double)length + mean) * mean) + _meanSquare + Math.Abs(_middle));
        slack = _panelArithmetic.Slack(length, inverseScale, units.Start) + 1;
        if (!double.IsFinite(slack))
        {
            // No score may exclude a vector. An infinite start would become the least integer, which exceeds no threshold.
            (units, unit) = (default, 0);
        }
    }

    /// <summary>Returns the integer score of a point and the row of one centroid.</summary>
    /// <param name="point">The point in the format of rows.</param>
    /// <param name="unit">The factor that converts a float start to a score with a row.</param>
    /// <param name="cluster">The number of the centroid.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Score(int* point, float unit, int cluster)
    {
        var row = _rows.Pointer + ((long)cluster * WordsPerRow);
        var (sums0, sums1) = (Vector256<int>.Zero, Vector256<int>.Zero);
        nint j = 0;
        if (PairTile512.IsSupported)
        {
            var sums = Vector512<int>.Zero;
            for (; j <= WordsPerRow - 16; j += 16)
            {
                sums += Avx512BW.MultiplyAddAdjacent(Vector512.Load(point + j).AsInt16(), Vector512.Load(row + j).AsInt16());
            }

            sums0 = sums.GetLower() + sums.GetUpper();
        }

        for (; j <= WordsPerRow - 16; j += 16)
        {
            sums0 = PairProducts.MultiplyAdd(sums0, Vector256.Load(point + j), Vector256.Load(row + j));
            sums1 = PairProducts.MultiplyAdd(sums1, Vector256.Load(point + j + 8), Vector256.Load(row + j + 8));
        }

        for (; j < WordsPerRow; j++)
        {
            sums1 = PairProducts.MultiplyAdd(sums1, Vector256.CreateScalar(point[j]), Vector256.CreateScalar(row[j]));
        }

        return Vector256.Sum(sums0 + sums1) + Sse.ConvertToInt32(Vector128.CreateScalarUnsafe(unit * _starts.Pointer[cluster]));
    }

    /// <summary>Computes the mean of the centroids, and returns its length.</summary>
    private double ComputeMean(ReadOnlySpan<float> centroids)
    {
        var mean = _mean.Span;
        mean.Clear();
        for (var start = 0; start < centroids.Length; start += Dimension)
        {
            TensorPrimitives.Add(mean, centroids.Slice(start, Dimension), mean);
        }

        // Any vector is valid here, so the rounding of this one does not matter.
        TensorPrimitives.Divide(mean, _clusters, mean);
        var squared = 0.0;
        foreach (var component in mean)
        {
            squared += (double)component * component;
        }

        _meanSquare = squared;
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
            var maxima = Vector256<double>.Zero;
            nint j = 0;
            for (; j <= Dimension - 4; j += 4)
            {
                var (c, m) = (Avx.ConvertToVector256Double(Vector128.Load(centroid + j)), Avx.ConvertToVector256Double(Vector128.Load(mean + j)));
                norms += c * c;
                products += c * m;
                differences += (c - m) * (c - m);
                maxima = Vector256.MaxNative(maxima, Vector256.Abs(c - m));
            }

            var (norm, difference, product) = (Vector256.Sum(norms), Vector256.Sum(differences), Vector256.Sum(products));
            var maxComponent = Math.Max(Math.Max(maxima[0], maxima[1]), Math.Max(maxima[2], maxima[3]));
            for (; j < Dimension; j++)
            {
                double c = centroid[j], m = mean[j];
                norm += c * c;
                product += c * m;
                difference += (c - m) * (c - m);
                maxComponent = Math.Max(maxComponent, Math.Abs(c - m));
            }

            _measures[cluster] = (norm, difference, maxComponent, product + starts[cluster]);
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
            var row = _rows.Pointer + ((long)cluster * WordsPerRow);
            var start = (float)(_measures[cluster].Shifted - middle);
            _starts.Pointer[cluster] = start;
            if (_hasRows)
            {
                Quantizer.ToPairs(centroid, _mean.Pointer, _rowArithmetic.InverseScale, Dimension, row);
            }

            if (!format.IsBytes)
            {
                Panels.Set(cluster, row, start);
                continue;
            }

            // Each centroid uses all bits; its scale converts its scores to the common unit. Clipping a few large components may reduce the rounding error in total.
            var (scale, rounding) = (1f, float.PositiveInfinity);
            for (var clip = 1.0; clip > MinClip; clip *= ClipStep)
            {
                var inverseScale = _panelArithmetic.InverseScaleOfCentroid(clip * _measures[cluster].Component);
                var clipScale = _panelArithmetic.InverseScale / inverseScale;
                var clipRounding = clipScale * clipScale * Quantizer.ToQuads(centroid, _mean.Pointer, inverseScale, Dimension, 0, format.MaxMagnitude, others, words);
                if (!(clipRounding < rounding))
                {
                    break;
                }

                (scale, rounding) = (clipScale, clipRounding);
                var swap = quads;
                quads = others;
                others = swap;
            }

            var offset = 0;
            foreach (var component in new Span<sbyte>(quads, 4 * words))
            {
                offset -= format.Offset * component;
            }

            var centroidRounding = _panelArithmetic.Rounding(rounding);
            var length = (Math.Sqrt(_measures[cluster].Difference) * _panelArithmetic.InverseScale) + centroidRounding;
            Panels.Set(cluster, quads, start, offset, scale, (float)(length * QuantizedArithmetic.RoundUp), (float)(centroidRounding * QuantizedArithmetic.RoundUp));
        }

        if (end == _clusters)
        {
            Panels.Pad(end);
        }
    }
}
