using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Stores the coordinates of each point in the directions of a <see cref="Projection"/>, and the length of the residual, as 16-bit integers.</summary>
internal sealed unsafe class PointSketches
{
    private const int GroupRows = 8 * Projection.Rows;

    // Kernels read whole tiles, beyond the last points.
    private const int Padding = 32;

    private readonly AlignedBuffer<int> _words;
    private readonly AlignedBuffer<float> _inverseScales;
    private readonly float[] _squaredNorms;

    // 1 for each group of points that has been computed.
    private readonly byte[] _computed;

    /// <param name="projection">The projection.</param>
    /// <param name="squaredNorms">The |x|² of the points (n).</param>
    public PointSketches(Projection projection, float[] squaredNorms)
    {
        (Projection, _squaredNorms) = (projection, squaredNorms);
        Words = IntegerFormat.Pairs.WordsOf(projection.Directions + 1);
        _words = new AlignedBuffer<int>(((long)squaredNorms.Length + Padding) * Words);
        _inverseScales = new AlignedBuffer<float>(squaredNorms.Length);
        _computed = new byte[(squaredNorms.Length + GroupRows - 1) / GroupRows];
    }

    public Projection Projection { get; }

    /// <summary>Gets the number of words of a point.</summary>
    public int Words { get; }

    /// <summary>Gets 1 / a of each point (n), or 0 if its integers are not usable.</summary>
    public float* InverseScales => _inverseScales.Pointer;

    /// <summary>Returns the address of the words of a point and of those that follow.</summary>
    public int* WordsFrom(int point) => _words.Pointer + ((long)point * Words);

    /// <summary>Computes the integers of a range of points, unless they have been computed already.</summary>
    /// <param name="points">All points (n × d).</param>
    /// <param name="start">The first point of the range.</param>
    /// <param name="end">The exclusive end of the range.</param>
    /// <remarks>Two threads may compute the same points; they write the same values.</remarks>
    public void EnsureComputed(float* points, int start, int end)
    {
        for (var group = start / GroupRows; group * GroupRows < end; group++)
        {
            if (Volatile.Read(ref _computed[group]) == 0)
            {
                Fill(points, group * GroupRows, Math.Min(_squaredNorms.Length, (group + 1) * GroupRows));
                Volatile.Write(ref _computed[group], 1);
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
                Quantizer.ToPairs(projected + (i * stride), zero, inverseScale, components, WordsFrom(first + i));
            }
        }
    }
}
