using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Centroids less their mean as 16-bit integers, in panels: their scores, had sooner than those in single precision, tell which few centroids can be the nearest.</summary>
internal sealed unsafe class QuantizedCentroids
{
    private const int FewestComponents = 16;
    private const int FewestClusters = 2 * QuantizedTile.PanelWidth;

    // With fewer, nothing is tried.
    private const int FewestSteps = 2 * Trial.Blocks;

    private const int MostClusters = 1 << 20;

    private readonly int _clusters;
    private readonly int _pairs;
    private readonly AlignedBuffer<int> _panels;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<float> _rows;
    private readonly AlignedBuffer<float> _mean;

    // |c|², |c − m|² and t of each.
    private readonly (double Norm, double Difference, double Shifted)[] _measures;
    private readonly int _numberBits;
    private QuantizedArithmetic _arithmetic;

    /// <param name="clusters">k.</param>
    /// <param name="dimension">d.</param>
    /// <param name="always">Whether searches take them whatever the time it takes, for tests.</param>
    private QuantizedCentroids(int clusters, int dimension, bool always)
    {
        (_clusters, Dimension, Always) = (clusters, dimension, always);
        _pairs = (dimension + 1) / 2;
        Count = (clusters + QuantizedTile.PanelWidth - 1) / QuantizedTile.PanelWidth;
        _numberBits = BitOperations.Log2((uint)Count) + 1;
        _panels = new AlignedBuffer<int>((long)Count * QuantizedTile.PanelWidth * _pairs);
        _starts = new AlignedBuffer<float>((long)Count * QuantizedTile.PanelWidth);
        _rows = new AlignedBuffer<float>((long)clusters * dimension);
        _mean = new AlignedBuffer<float>(dimension);
        _measures = new (double, double, double)[clusters];
    }

    /// <summary>The number of panels.</summary>
    public int Count { get; }

    public int Dimension { get; }

    /// <summary>⌈d/2⌉.</summary>
    public int Pairs => _pairs;

    public bool Always { get; }

    /// <summary>Whether these centroids can be had as 16-bit integers.</summary>
    public bool IsUsable => _arithmetic.IsUsable;

    /// <summary>The centroids as they are (k × d).</summary>
    public float* Rows => _rows.Pointer;

    /// <summary>The bits of a score that are not a panel's number.</summary>
    public int NumberMask => -1 << _numberBits;

    public QuantizedPanel this[int index] => new()
    {
        Pairs = _panels.Pointer + ((long)index * QuantizedTile.PanelWidth * _pairs),
        Starts = _starts.Pointer + ((long)index * QuantizedTile.PanelWidth),
    };

    /// <summary>Room for centroids; null where there is no micro-kernel for them or its scores cannot be worth it at all.</summary>
    /// <param name="count">n.</param>
    /// <param name="clusters">k.</param>
    /// <param name="dimension">d.</param>
    /// <param name="always">Whether whatever can be had is.</param>
    public static QuantizedCentroids? IfConceivable(int count, int clusters, int dimension, bool always = false) =>
        Avx2.IsSupported && Fma.IsSupported && dimension <= QuantizedArithmetic.MostComponents && clusters <= MostClusters
        && (always || (dimension >= FewestComponents && clusters >= FewestClusters && count / Blocking.RowsOverPanel(dimension) >= FewestSteps))
            ? new QuantizedCentroids(clusters, dimension, always) : null;

    /// <summary>Takes centroids (k × d) and what their scores start from (k).</summary>
    public void Pack(ReadOnlySpan<float> centroids, float* starts, int threads)
    {
        centroids.CopyTo(_rows.Span);
        threads = CentroidPanels.ThreadsFor(centroids.Length, threads);
        var meanNorm = TakeMean();
        ParallelBlocks.For(Count, threads, panel => Measure(panel, starts), CancellationToken.None);
        var (greatestNorm, greatestDifference, greatestStart) = (0.0, 0.0, 0.0);
        var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var cluster = 0; cluster < _clusters; cluster++)
        {
            var (norm, difference, shifted) = _measures[cluster];
            (greatestNorm, greatestDifference, greatestStart) = (Math.Max(greatestNorm, norm), Math.Max(greatestDifference, difference), Math.Max(greatestStart, Math.Abs(starts[cluster])));
            (least, greatest) = (Math.Min(least, shifted), Math.Max(greatest, shifted));
        }

        var middle = (least + greatest) / 2;
        _arithmetic = new QuantizedArithmetic(Dimension, meanNorm, Math.Sqrt(greatestNorm), Math.Sqrt(greatestDifference), greatestStart, greatest - middle, _numberBits);
        if (_arithmetic.IsUsable)
        {
            ParallelBlocks.For(Count, threads, panel => Fill(panel, middle), CancellationToken.None);
        }
    }

    /// <summary>Makes integers of points.</summary>
    /// <param name="points">n × d.</param>
    /// <param name="count">n.</param>
    /// <param name="pairs">Receives them (n × ⌈d/2⌉ × 2).</param>
    /// <param name="inverseUnits">What the starts of each point's scores are multiplied by (n).</param>
    /// <param name="margins">The difference of each point's scores from which on they tell (n).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Quantize(float* points, int count, int* pairs, float* inverseUnits, int* margins)
    {
        // All lengths first: a root and a division take long, but do not keep other points waiting.
        for (var i = 0; i < count; i++)
        {
            inverseUnits[i] = SquaredDistanceToMean(points + ((long)i * Dimension));
        }

        for (var i = 0; i < count; i++)
        {
            _arithmetic.Scale(inverseUnits[i], out var inverseScale, out inverseUnits[i], out margins[i]);
            ToIntegers(points + ((long)i * Dimension), _mean.Pointer, inverseScale, pairs + ((long)i * _pairs));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float SquaredDistanceToMean(float* point)
    {
        var mean = _mean.Pointer;
        var (sums0, sums1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        nint j = 0;
        for (; j <= Dimension - 16; j += 16)
        {
            var (difference0, difference1) = (Vector256.Load(point + j) - Vector256.Load(mean + j), Vector256.Load(point + j + 8) - Vector256.Load(mean + j + 8));
            sums0 = Fma.MultiplyAdd(difference0, difference0, sums0);
            sums1 = Fma.MultiplyAdd(difference1, difference1, sums1);
        }

        var sum = Vector256.Sum(sums0 + sums1);
        for (; j < Dimension; j++)
        {
            var difference = point[j] - mean[j];
            sum += difference * difference;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ToIntegers(float* vector, float* mean, float inverseScale, int* pairs)
    {
        var integers = (short*)pairs;
        var scale = Vector256.Create(inverseScale);
        nint j = 0;
        for (; j <= Dimension - 16; j += 16)
        {
            var first = Avx.ConvertToVector256Int32((Vector256.Load(vector + j) - Vector256.Load(mean + j)) * scale);
            var second = Avx.ConvertToVector256Int32((Vector256.Load(vector + j + 8) - Vector256.Load(mean + j + 8)) * scale);

            // Packing takes the lower halves of both, then the upper ones.
            Avx2.Permute4x64(Avx2.PackSignedSaturate(first, second).AsInt64(), 0b11_01_10_00).AsInt16().Store(integers + j);
        }

        for (; j < Dimension; j++)
        {
            integers[j] = (short)MathF.Round((vector[j] - mean[j]) * inverseScale);
        }

        for (; j < 2 * _pairs; j++)
        {
            integers[j] = 0;
        }
    }

    /// <summary>The mean of the centroids, and its length.</summary>
    private double TakeMean()
    {
        var mean = _mean.Span;
        mean.Clear();
        for (var cluster = 0; cluster < _clusters; cluster++)
        {
            TensorPrimitives.Add(mean, _rows.Span.Slice(cluster * Dimension, Dimension), mean);
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
    private void Measure(int panel, float* starts)
    {
        var mean = _mean.Pointer;
        var end = Math.Min(_clusters, (panel + 1) * QuantizedTile.PanelWidth);
        for (var cluster = panel * QuantizedTile.PanelWidth; cluster < end; cluster++)
        {
            var centroid = _rows.Pointer + ((long)cluster * Dimension);
            var (norms, differences, products) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
            nint j = 0;
            for (; j <= Dimension - 4; j += 4)
            {
                var (c, m) = (Avx.ConvertToVector256Double(Vector128.Load(centroid + j)), Avx.ConvertToVector256Double(Vector128.Load(mean + j)));
                norms += c * c;
                products += c * m;
                differences += (c - m) * (c - m);
            }

            var (norm, difference, product) = (Vector256.Sum(norms), Vector256.Sum(differences), Vector256.Sum(products));
            for (; j < Dimension; j++)
            {
                double c = centroid[j], m = mean[j];
                norm += c * c;
                product += c * m;
                difference += (c - m) * (c - m);
            }

            _measures[cluster] = (norm, difference, product + starts[cluster]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(int panel, double middle)
    {
        var row = stackalloc int[_pairs];
        var integers = _panels.Pointer + ((long)panel * QuantizedTile.PanelWidth * _pairs);
        for (var lane = 0; lane < QuantizedTile.PanelWidth; lane++)
        {
            // What pads the last panel starts from the least integer, and stays there.
            var cluster = (panel * QuantizedTile.PanelWidth) + lane;
            _starts.Pointer[cluster] = cluster < _clusters ? (float)(_measures[cluster].Shifted - middle) : float.NegativeInfinity;
            if (cluster < _clusters)
            {
                ToIntegers(_rows.Pointer + ((long)cluster * Dimension), _mean.Pointer, _arithmetic.InverseScale, row);
            }
            else
            {
                new Span<int>(row, _pairs).Clear();
            }

            for (var pair = 0; pair < _pairs; pair++)
            {
                integers[((long)pair * QuantizedTile.PanelWidth) + lane] = row[pair];
            }
        }
    }
}
