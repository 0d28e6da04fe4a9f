using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Represents an orthonormal basis of the few directions of highest variance: computes the coordinates of a vector in it, and the length of the residual.</summary>
/// <remarks>
/// With the basis Q, u = Qᵀx and v = Qᵀc as computed, the residuals r = x − Qu and s = c − Qv, g = ‖QᵀQ − I‖ and p = γ‖Q‖ (so that u and v are off by at
/// most p|x| and p|c|),
///     |x·c − u·v − r·s| ≤ η|x||c|,    η = 3.1g + 2.1p,    |r|² ≤ |x|² − |u|² + 1.01(2p + g)|x|²,
/// which holds for any Q: the quality of the basis affects only the time that it saves.
/// </remarks>
internal sealed unsafe class Projection
{
    /// <summary>The number of vectors that are projected at a time.</summary>
    public const int Rows = 6;

    /// <summary>The number of directions that are multiplied at a time.</summary>
    public const int PanelWidth = 16;

    private const int Half = PanelWidth / 2;

    private readonly int _panels;
    private readonly AlignedBuffer<float> _basis;

    /// <param name="basis">The directions (directions × d), orthonormal up to rounding.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="directions">The number of directions.</param>
    public Projection(AlignedBuffer<float> basis, int dimension, int directions)
    {
        (Dimension, Directions) = (dimension, directions);
        _panels = (directions + PanelWidth - 1) / PanelWidth;
        _basis = new AlignedBuffer<float>((long)_panels * PanelWidth * dimension);
        _basis.Span.Clear();
        var (squares, deviation) = (0.0, 0.0);
        for (var i = 0; i < directions; i++)
        {
            var direction = basis.Pointer + ((long)i * dimension);
            var lane = _basis.Pointer + ((long)(i / PanelWidth) * PanelWidth * dimension) + (i % PanelWidth);
            for (var j = 0; j < dimension; j++)
            {
                lane[(long)j * PanelWidth] = direction[j];
            }

            for (var j = 0; j <= i; j++)
            {
                var product = Dot(direction, basis.Pointer + ((long)j * dimension), dimension);
                squares += i == j ? product : 0;

                // A direction of zeros contributes nothing to the projection.
                deviation += i != j ? 2 * product * product : product == 0 ? 0 : (product - 1) * (product - 1);
            }
        }

        var (rounding, skew) = (ScoreError.Gamma(dimension) * Math.Sqrt(squares), Math.Sqrt(deviation));
        Error = (3.1 * skew) + (2.1 * rounding);
        ResidualError = (1.01 * ((2 * rounding) + skew)) + (3 * ScoreError.Gamma(dimension));
    }

    public static bool IsSupported => Avx.IsSupported && Fma.IsSupported;

    /// <summary>Gets the number of components, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of directions.</summary>
    public int Directions { get; }

    /// <summary>Gets the number of floats from one projected vector to the next.</summary>
    public int Stride => (_panels * PanelWidth) + Half;

    /// <summary>Gets η.</summary>
    public double Error { get; }

    /// <summary>Gets the fraction of |x|², as rounded, by which |x|² − |u|² may be too small.</summary>
    public double ResidualError { get; }

    /// <summary>Computes the u of six vectors, each followed by an upper bound of |x − Qu|.</summary>
    /// <param name="rows">The addresses of the vectors (6).</param>
    /// <param name="squaredNorms">The |x|² of the vectors (6), off by at most γ|x|².</param>
    /// <param name="projected">Receives the projected vectors (6 × <see cref="Stride"/>).</param>
    /// <param name="squaredLengths">Receives the squared lengths of the projected vectors (6).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Project(float** rows, double* squaredNorms, float* projected, double* squaredLengths)
    {
        for (var panel = 0; panel < _panels; panel++)
        {
            Multiply(rows, _basis.Pointer + ((long)panel * PanelWidth * Dimension), Dimension, projected + (panel * PanelWidth), Stride);
        }

        for (var row = 0; row < Rows; row++)
        {
            var u = projected + (row * Stride);
            var inBasis = Dot(u, u, Directions);
            var residual = Math.Max(0, (squaredNorms[row] * (1 + ResidualError)) - inBasis);
            u[Directions] = (float)(Math.Sqrt(residual) * (1 + 1e-6));
            squaredLengths[row] = inBasis + residual;
        }
    }

    /// <summary>Computes the products of six vectors and sixteen directions, as <see cref="SimdTile{TSimd, TVector}"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(float** rows, float* panel, nint dimension, float* products, int stride)
    {
        float* x0 = rows[0], x1 = rows[1], x2 = rows[2], x3 = rows[3], x4 = rows[4], x5 = rows[5];
        Vector256<float> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default;
        Vector256<float> a30 = default, a31 = default, a40 = default, a41 = default, a50 = default, a51 = default;
        Vector256<float> x, q0, q1;
        for (nint j = 0; j < dimension; j++)
        {
            (q0, q1) = (Vector256.Load(panel), Vector256.Load(panel + Half));
            x = Vector256.Create(x0[j]);
            a00 = Fma.MultiplyAdd(x, q0, a00);
            a01 = Fma.MultiplyAdd(x, q1, a01);
            x = Vector256.Create(x1[j]);
            a10 = Fma.MultiplyAdd(x, q0, a10);
            a11 = Fma.MultiplyAdd(x, q1, a11);
            x = Vector256.Create(x2[j]);
            a20 = Fma.MultiplyAdd(x, q0, a20);
            a21 = Fma.MultiplyAdd(x, q1, a21);
            x = Vector256.Create(x3[j]);
            a30 = Fma.MultiplyAdd(x, q0, a30);
            a31 = Fma.MultiplyAdd(x, q1, a31);
            x = Vector256.Create(x4[j]);
            a40 = Fma.MultiplyAdd(x, q0, a40);
            a41 = Fma.MultiplyAdd(x, q1, a41);
            x = Vector256.Create(x5[j]);
            a50 = Fma.MultiplyAdd(x, q0, a50);
            a51 = Fma.MultiplyAdd(x, q1, a51);
            panel += PanelWidth;
        }

        a00.Store(products);
        a01.Store(products + Half);
        a10.Store(products + stride);
        a11.Store(products + stride + Half);
        a20.Store(products + (2 * stride));
        a21.Store(products + (2 * stride) + Half);
        a30.Store(products + (3 * stride));
        a31.Store(products + (3 * stride) + Half);
        a40.Store(products + (4 * stride));
        a41.Store(products + (4 * stride) + Half);
        a50.Store(products + (5 * stride));
        a51.Store(products + (5 * stride) + Half);
    }

    /// <summary>Returns the inner product in double precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(float* left, float* right, int dimension)
    {
        var (sums0, sums1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        nint j = 0;
        for (; j <= dimension - 8; j += 8)
        {
            sums0 += Avx.ConvertToVector256Double(Vector128.Load(left + j)) * Avx.ConvertToVector256Double(Vector128.Load(right + j));
            sums1 += Avx.ConvertToVector256Double(Vector128.Load(left + j + 4)) * Avx.ConvertToVector256Double(Vector128.Load(right + j + 4));
        }

        var sum = Vector256.Sum(sums0 + sums1);
        for (; j < dimension; j++)
        {
            sum += (double)left[j] * right[j];
        }

        return sum;
    }
}
