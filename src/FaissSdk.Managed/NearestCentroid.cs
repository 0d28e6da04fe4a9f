using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Finds for every point the centroid of least |c|² − 2x·c (or, spherical, of greatest x·c), the lowest number on a tie.</summary>
internal static unsafe class NearestCentroid
{
    private const int TileRows = 4;
    private const int BlockRows = 64;

    private static int PanelWidth => 2 * Vector<float>.Count;

    /// <summary>|x|² of every vector (n).</summary>
    public static float[] SquaredNorms(ReadOnlySpan<float> vectors, int dimension)
    {
        var norms = new float[vectors.Length / dimension];
        for (var i = 0; i < norms.Length; i++)
        {
            norms[i] = TensorPrimitives.SumOfSquares(vectors.Slice(i * dimension, dimension));
        }

        return norms;
    }

    /// <summary>Writes the nearest centroid of each point (n) and max(0, |x|² + |c|² − 2x·c) or x·c (n).</summary>
    /// <param name="points">n × d.</param>
    /// <param name="pointNorms">|x|² (n); empty when spherical.</param>
    /// <param name="centroids">k × d.</param>
    /// <param name="dimension">d.</param>
    /// <param name="spherical">Whether the greatest inner product wins.</param>
    /// <param name="labels">n.</param>
    /// <param name="distances">n.</param>
    /// <param name="cancellationToken">Looked at between blocks of points.</param>
    public static void Find(
        ReadOnlySpan<float> points,
        ReadOnlySpan<float> pointNorms,
        ReadOnlySpan<float> centroids,
        int dimension,
        bool spherical,
        Span<int> labels,
        Span<float> distances,
        CancellationToken cancellationToken)
    {
        var panels = new Panels(centroids, dimension, spherical);
        fixed (float* x = points, norms = pointNorms, distance = distances)
        fixed (int* label = labels)
        {
            var rows = new Rows { Points = x, Norms = norms, Labels = label, Distances = distance, Count = labels.Length };
            var blocks = (rows.Count + BlockRows - 1) / BlockRows;
            Parallel.For(0, blocks, new ParallelOptions { CancellationToken = cancellationToken }, block => FindBlock(rows, panels, block * BlockRows));
        }
    }

    // Compiled at full speed at once: a training may be over before tiering would get to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FindBlock(Rows rows, Panels panels, int start)
    {
        var count = Math.Min(BlockRows, rows.Count - start);
        var tiles = (count + TileRows - 1) / TileRows;
        var best = stackalloc Vector<float>[2 * BlockRows];
        var bestIndex = stackalloc Vector<int>[2 * BlockRows];
        new Span<Vector<float>>(best, 2 * BlockRows).Fill(new Vector<float>(float.PositiveInfinity));
        new Span<Vector<int>>(bestIndex, 2 * BlockRows).Clear();

        fixed (float* packed = panels.Packed, norms = panels.Norms)
        {
            for (var panel = 0; panel < panels.Count; panel++)
            {
                for (var tile = 0; tile < tiles; tile++)
                {
                    var row = tile * TileRows;
                    ScorePanel(rows.Points, start + row, rows.Count - 1, panels.Dimension, packed + ((long)panel * PanelWidth * panels.Dimension), norms + (panel * PanelWidth), panels.Scale, panel * PanelWidth, best + (2 * row), bestIndex + (2 * row));
                }
            }
        }

        for (var row = 0; row < count; row++)
        {
            var (score, index) = Least(best + (2 * row), bestIndex + (2 * row));
            rows.Labels[start + row] = index;
            rows.Distances[start + row] = panels.Spherical ? -score : Math.Max(0, rows.Norms[start + row] + score);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScorePanel(float* points, int row, int lastRow, int dimension, float* panel, float* norms, Vector<float> scale, int firstIndex, Vector<float>* best, Vector<int>* bestIndex)
    {
        // Rows beyond the last repeat it: what they find is not read.
        var x0 = points + ((long)row * dimension);
        var x1 = points + ((long)Math.Min(row + 1, lastRow) * dimension);
        var x2 = points + ((long)Math.Min(row + 2, lastRow) * dimension);
        var x3 = points + ((long)Math.Min(row + 3, lastRow) * dimension);
        Vector<float> a00 = default, a01 = default, a10 = default, a11 = default;
        Vector<float> a20 = default, a21 = default, a30 = default, a31 = default;
        var width = Vector<float>.Count;
        for (var j = 0; j < dimension; j++)
        {
            var c0 = Vector.Load(panel);
            var c1 = Vector.Load(panel + width);
            panel += 2 * width;
            var x = new Vector<float>(x0[j]);
            a00 = Vector.MultiplyAddEstimate(x, c0, a00);
            a01 = Vector.MultiplyAddEstimate(x, c1, a01);
            x = new Vector<float>(x1[j]);
            a10 = Vector.MultiplyAddEstimate(x, c0, a10);
            a11 = Vector.MultiplyAddEstimate(x, c1, a11);
            x = new Vector<float>(x2[j]);
            a20 = Vector.MultiplyAddEstimate(x, c0, a20);
            a21 = Vector.MultiplyAddEstimate(x, c1, a21);
            x = new Vector<float>(x3[j]);
            a30 = Vector.MultiplyAddEstimate(x, c0, a30);
            a31 = Vector.MultiplyAddEstimate(x, c1, a31);
        }

        var norm0 = Vector.Load(norms);
        var norm1 = Vector.Load(norms + width);
        var index0 = Vector.CreateSequence(firstIndex, 1);
        var index1 = Vector.CreateSequence(firstIndex + width, 1);
        Keep(norm0 + (scale * a00), index0, best, bestIndex);
        Keep(norm1 + (scale * a01), index1, best + 1, bestIndex + 1);
        Keep(norm0 + (scale * a10), index0, best + 2, bestIndex + 2);
        Keep(norm1 + (scale * a11), index1, best + 3, bestIndex + 3);
        Keep(norm0 + (scale * a20), index0, best + 4, bestIndex + 4);
        Keep(norm1 + (scale * a21), index1, best + 5, bestIndex + 5);
        Keep(norm0 + (scale * a30), index0, best + 6, bestIndex + 6);
        Keep(norm1 + (scale * a31), index1, best + 7, bestIndex + 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(Vector<float> score, Vector<int> index, Vector<float>* best, Vector<int>* bestIndex)
    {
        var better = Vector.LessThan(score, *best);
        *best = Vector.ConditionalSelect(better, score, *best);
        *bestIndex = Vector.ConditionalSelect(better, index, *bestIndex);
    }

    private static (float Score, int Index) Least(Vector<float>* best, Vector<int>* bestIndex)
    {
        var scores = new ReadOnlySpan<float>(best, PanelWidth);
        var indices = new ReadOnlySpan<int>(bestIndex, PanelWidth);
        var (score, index) = (scores[0], indices[0]);
        for (var lane = 1; lane < scores.Length; lane++)
        {
            if (scores[lane] < score || (scores[lane] == score && indices[lane] < index))
            {
                (score, index) = (scores[lane], indices[lane]);
            }
        }

        return (score, index);
    }

    private struct Rows
    {
        public float* Points;
        public float* Norms;
        public int* Labels;
        public float* Distances;
        public int Count;
    }

    /// <summary>The centroids, transposed in panels of <see cref="PanelWidth"/> so that one load holds one component of many.</summary>
    private sealed class Panels
    {
        public Panels(ReadOnlySpan<float> centroids, int dimension, bool spherical)
        {
            var clusters = centroids.Length / dimension;
            Count = (clusters + PanelWidth - 1) / PanelWidth;
            Dimension = dimension;
            Spherical = spherical;
            Scale = new Vector<float>(spherical ? -1 : -2);

            // What pads the last panel scores infinity and never wins.
            Norms = GC.AllocateUninitializedArray<float>(Count * PanelWidth);
            Norms.AsSpan().Fill(float.PositiveInfinity);
            Packed = new float[(long)Count * PanelWidth * dimension];
            for (var cluster = 0; cluster < clusters; cluster++)
            {
                var centroid = centroids.Slice(cluster * dimension, dimension);
                Norms[cluster] = spherical ? 0 : TensorPrimitives.SumOfSquares(centroid);
                var column = ((long)(cluster / PanelWidth) * PanelWidth * dimension) + (cluster % PanelWidth);
                for (var j = 0; j < dimension; j++)
                {
                    Packed[column + ((long)j * PanelWidth)] = centroid[j];
                }
            }
        }

        public float[] Packed { get; }

        public float[] Norms { get; }

        public int Count { get; }

        public int Dimension { get; }

        public bool Spherical { get; }

        public Vector<float> Scale { get; }
    }
}
