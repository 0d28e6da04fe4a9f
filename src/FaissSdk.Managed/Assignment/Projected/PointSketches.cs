using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Of each point what it has in the directions of a <see cref="Projection"/>, and the length of the rest, as 16-bit integers.</summary>
internal sealed unsafe class PointSketches
{
    private const int GroupRows = 8 * Projection.Rows;

    // Whole tiles are read, also of the last points.
    private const int Padding = 32;

    private readonly AlignedBuffer<int> _words;
    private readonly AlignedBuffer<float> _inverseScales;
    private readonly float[] _squaredNorms;

    // Of each group of points: 0 before they are had, then 1.
    private readonly byte[] _had;

    /// <param name="projection">The directions.</param>
    /// <param name="squaredNorms">|x|² (n).</param>
    public PointSketches(Projection projection, float[] squaredNorms)
    {
        (Projection, _squaredNorms) = (projection, squaredNorms);
        Words = IntegerFormat.Pairs.WordsOf(projection.Directions + 1);
        _words = new AlignedBuffer<int>(((long)squaredNorms.Length + Padding) * Words);
        _inverseScales = new AlignedBuffer<float>(squaredNorms.Length);
        _had = new byte[(squaredNorms.Length + GroupRows - 1) / GroupRows];
    }

    public Projection Projection { get; }

    /// <summary>The words of a point.</summary>
    public int Words { get; }

    /// <summary>1 / a of each point (n); 0 where its integers tell nothing.</summary>
    public float* InverseScales => _inverseScales.Pointer;

    /// <summary>The words of the points from one on.</summary>
    public int* From(int point) => _words.Pointer + ((long)point * Words);

    /// <summary>Makes those of some points, unless they are had.</summary>
    /// <param name="points">All points (… × d).</param>
    /// <param name="start">The first of some.</param>
    /// <param name="end">The first no more.</param>
    /// <remarks>Two threads may make the same ones: they write the same.</remarks>
    public void Make(float* points, int start, int end)
    {
        for (var group = start / GroupRows; group * GroupRows < end; group++)
        {
            if (Volatile.Read(ref _had[group]) == 0)
            {
                Fill(points, group * GroupRows, Math.Min(_squaredNorms.Length, (group + 1) * GroupRows));
                Volatile.Write(ref _had[group], 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(float* points, int start, int end)
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
                norms[i] = _squaredNorms[row];
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
