using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Of each point what it has in the directions of a <see cref="Projection"/>, and the length of the rest, as 16-bit integers.</summary>
internal sealed unsafe class PointSketches
{
    private const int BlockRows = 1020;
    private const int Padding = 32;

    private readonly AlignedBuffer<int> _words;
    private readonly AlignedBuffer<float> _inverseScales;

    /// <param name="projection">The directions.</param>
    /// <param name="points">n × d.</param>
    /// <param name="squaredNorms">|x|² (n).</param>
    /// <param name="threads">The largest number of threads.</param>
    public PointSketches(Projection projection, ReadOnlySpan<float> points, float[] squaredNorms, int threads)
    {
        Projection = projection;
        Words = WordsOf(projection);

        // Whole tiles are read, also of the last points.
        _words = new AlignedBuffer<int>(((long)squaredNorms.Length + Padding) * Words);
        _inverseScales = new AlignedBuffer<float>(squaredNorms.Length);
        fixed (float* pinned = points)
        {
            var first = (nint)pinned;
            ParallelBlocks.For(
                (squaredNorms.Length + BlockRows - 1) / BlockRows,
                threads,
                block => Fill((float*)first, squaredNorms, block * BlockRows, Math.Min(squaredNorms.Length, (block + 1) * BlockRows)),
                CancellationToken.None);
        }
    }

    public Projection Projection { get; }

    /// <summary>The words of a point.</summary>
    public int Words { get; }

    /// <summary>1 / a of each point (n); 0 where its integers tell nothing.</summary>
    public float* InverseScales => _inverseScales.Pointer;

    public static int WordsOf(Projection projection) => (projection.Directions + 2) / 2;

    /// <summary>The words of the points from one on.</summary>
    public int* From(int point) => _words.Pointer + ((long)point * Words);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(float* points, float[] squaredNorms, int start, int end)
    {
        var (components, stride) = (Projection.Directions + 1, Projection.Stride);
        var projected = stackalloc float[Projection.Rows * stride];
        var zero = stackalloc float[components];
        new Span<float>(zero, components).Clear();
        var rows = stackalloc float*[Projection.Rows];
        double* norms = stackalloc double[Projection.Rows], lengths = stackalloc double[Projection.Rows];
        for (var first = start; first < end; first += Projection.Rows)
        {
            for (var i = 0; i < Projection.Rows; i++)
            {
                var row = Math.Min(first + i, end - 1);
                rows[i] = points + ((long)row * Projection.Dimension);
                norms[i] = squaredNorms[row];
            }

            Projection.Project(rows, norms, projected, lengths);
            for (var i = 0; i < Math.Min(Projection.Rows, end - first); i++)
            {
                var inverseScale = QuantizedArithmetic.InverseScaleOf(components, lengths[i]);
                _inverseScales.Pointer[first + i] = inverseScale;
                Quantizer.ToPairs(projected + (i * stride), zero, inverseScale, components, From(first + i));
            }
        }
    }
}
