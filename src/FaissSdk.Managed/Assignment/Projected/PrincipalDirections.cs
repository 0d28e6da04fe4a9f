using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Finds the directions of highest variance of a sample of points by subspace iteration (N. Halko, P.-G. Martinsson and J. A. Tropp, SIAM Review 53(2), 2011, §4.4).</summary>
internal static unsafe class PrincipalDirections
{
    /// <summary>The maximum number of directions.</summary>
    public const int MaxDirections = 63;

    // With fewer components a full score is hardly slower, and the projected points take too much memory in comparison.
    private const int MinDimension = 96;
    private const int ComponentsPerDirection = 4;
    private const int SampleSize = 384;
    private const int Passes = 2;

    // A search compares with all vectors; that is worth better directions.
    private const int PassesForSearch = 4;

    // To find more takes longer than they save.
    private const int MaxComponentsForSearch = 256;

    // With less, the lengths of the residuals leave too many vectors: of 43,387 embeddings, 236 at a share of 0.86, 782 at 0.80, 2,659 at 0.70.
    private const double ShareForSearch = 0.9;

    /// <summary>The share of the variance below which the directions do not pay off.</summary>
    private const double MinShare = 0.4;

    /// <summary>Returns the projection on the directions, or null if it does not pay off.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="always">Whether any share of the variance is accepted, for tests.</param>
    public static Projection? Find(ReadOnlySpan<float> points, int dimension, bool always = false)
    {
        if (!Projection.IsSupported || dimension < (always ? 2 : MinDimension) || dimension > QuantizedArithmetic.MaxDimension)
        {
            return null;
        }

        var count = points.Length / dimension;
        var rows = Math.Min(count, SampleSize) / Projection.Rows * Projection.Rows;
        var sample = new AlignedBuffer<float>(Math.Max(1, (long)rows * dimension));
        for (var row = 0; row < rows; row++)
        {
            points.Slice((int)((long)row * count / rows) * dimension, dimension).CopyTo(sample.Span[(row * dimension)..]);
        }

        var directions = Math.Clamp(dimension / ComponentsPerDirection, 1, MaxDirections);
        var projection = new Projection(Iterate(sample, rows, dimension, directions, Passes), dimension, directions);
        return double.IsFinite(projection.Error) && (always || ShareOf(projection, sample, rows) >= MinShare) ? projection : null;
    }

    /// <summary>Returns the projection on as many directions as exclude most vectors of a search, or null if these are too many to pay off.</summary>
    /// <param name="sample">The sample (rows × d).</param>
    /// <param name="rows">The number of vectors, a multiple of <see cref="Projection.Rows"/>.</param>
    /// <param name="dimension">The number of components, d.</param>
    public static Projection? FindForSearch(AlignedBuffer<float> sample, int rows, int dimension)
    {
        // One component less than a whole number of panels, as the length of the residual joins the directions.
        var most = (Math.Min(dimension / 2, MaxComponentsForSearch) / Projection.PanelWidth * Projection.PanelWidth) - 1;
        if (!Projection.IsSupported || rows < 2 * most || most < 1)
        {
            return null;
        }

        var basis = Iterate(sample, rows, dimension, most, PassesForSearch);
        var all = new Projection(basis, dimension, most);
        if (!double.IsFinite(all.Error))
        {
            return null;
        }

        var squares = new double[most];
        var variance = MeasureDirections(all, sample, rows, squares);
        var sum = 0.0;
        for (var i = 0; i < most; i++)
        {
            sum += squares[i];
            if ((i + 2) % Projection.PanelWidth == 0 && sum >= ShareForSearch * variance)
            {
                return new Projection(basis, dimension, i + 1);
            }
        }

        return null;
    }

    /// <summary>Computes the sum of squared coordinates in each direction, and returns that of all components, both without the mean of the sample.</summary>
    private static double MeasureDirections(Projection projection, AlignedBuffer<float> sample, int rows, Span<double> squares)
    {
        var dimension = projection.Dimension;
        var coordinates = new AlignedBuffer<float>((long)rows * projection.Directions);
        ProjectSample(projection, sample.Pointer, rows, coordinates.Pointer);
        SumSquares(coordinates.Span, projection.Directions, squares);
        var all = new double[dimension];
        SumSquares(sample.Span[..(rows * dimension)], dimension, all);
        return all.Sum();
    }

    private static void SumSquares(ReadOnlySpan<float> vectors, int dimension, Span<double> squares)
    {
        var sums = new double[dimension];
        squares.Clear();
        for (var i = 0; i < vectors.Length; i++)
        {
            var component = (double)vectors[i];
            sums[i % dimension] += component;
            squares[i % dimension] += component * component;
        }

        var rows = vectors.Length / dimension;
        for (var i = 0; i < dimension; i++)
        {
            squares[i] -= sums[i] * sums[i] / rows;
        }
    }

    /// <summary>Returns the share of the variance of a sample that is in the directions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double ShareOf(Projection projection, AlignedBuffer<float> sample, int rows)
    {
        var dimension = projection.Dimension;
        var mean = new AlignedBuffer<float>(dimension);
        mean.Span.Clear();
        var (residual, squares) = (0.0, 0.0);
        var addresses = stackalloc float*[Projection.Rows];
        double* norms = stackalloc double[Projection.Rows], lengths = stackalloc double[Projection.Rows];
        var projected = new AlignedBuffer<float>(Projection.Rows * projection.Stride);
        for (var first = 0; first < rows; first += Projection.Rows)
        {
            for (var i = 0; i < Projection.Rows; i++)
            {
                addresses[i] = sample.Pointer + ((long)(first + i) * dimension);
                norms[i] = Projection.Dot(addresses[i], addresses[i], dimension);
                squares += norms[i];
                Add(addresses[i], 1f / rows, mean.Pointer, dimension);
            }

            projection.Project(addresses, norms, projected.Pointer, lengths);
            for (var i = 0; i < Projection.Rows; i++)
            {
                var length = projected.Pointer[(i * projection.Stride) + projection.Directions];
                residual += (double)length * length;
            }
        }

        var variance = squares - (rows * Projection.Dot(mean.Pointer, mean.Pointer, dimension));
        return variance > 0 ? 1 - (residual / variance) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static AlignedBuffer<float> Iterate(AlignedBuffer<float> sample, int rows, int dimension, int directions, int passes)
    {
        // Random combinations of the points already lie in their span, which saves one pass compared with arbitrary vectors.
        var random = new MersenneTwister(1);
        var weights = new AlignedBuffer<float>((long)Math.Max(1, rows) * directions);
        foreach (ref var weight in weights.Span)
        {
            weight = random.NextSingle() - 0.5f;
        }

        var basis = new AlignedBuffer<float>((long)directions * dimension);
        for (var pass = 1; ; pass++)
        {
            basis.Span.Clear();
            for (var row = 0; row < rows; row++)
            {
                for (var i = 0; i < directions; i++)
                {
                    Add(sample.Pointer + ((long)row * dimension), weights.Pointer[(row * directions) + i], basis.Pointer + ((long)i * dimension), dimension);
                }
            }

            Orthonormalize(basis.Pointer, dimension, directions);
            if (pass == passes)
            {
                return basis;
            }

            ProjectSample(new Projection(basis, dimension, directions), sample.Pointer, rows, weights.Pointer);
        }
    }

    /// <summary>Computes the coordinate of each point in each direction.</summary>
    private static void ProjectSample(Projection projection, float* sample, int rows, float* weights)
    {
        var addresses = stackalloc float*[Projection.Rows];
        double* norms = stackalloc double[Projection.Rows], lengths = stackalloc double[Projection.Rows];
        new Span<double>(norms, Projection.Rows).Clear();
        var projected = new AlignedBuffer<float>(Projection.Rows * projection.Stride);
        for (var first = 0; first < rows; first += Projection.Rows)
        {
            for (var i = 0; i < Projection.Rows; i++)
            {
                addresses[i] = sample + ((long)(first + i) * projection.Dimension);
            }

            projection.Project(addresses, norms, projected.Pointer, lengths);
            for (var i = 0; i < Projection.Rows; i++)
            {
                projected.Span.Slice(i * projection.Stride, projection.Directions).CopyTo(new Span<float>(weights + ((first + i) * projection.Directions), projection.Directions));
            }
        }
    }

    /// <summary>Orthonormalizes by Gram–Schmidt, twice; a direction that depends on the previous ones becomes 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Orthonormalize(float* basis, int dimension, int directions)
    {
        for (var i = 0; i < directions; i++)
        {
            var direction = basis + ((long)i * dimension);
            var before = Math.Sqrt(Projection.Dot(direction, direction, dimension));
            for (var again = 0; again < 2; again++)
            {
                for (var j = 0; j < i; j++)
                {
                    var other = basis + ((long)j * dimension);
                    Add(other, (float)-Projection.Dot(direction, other, dimension), direction, dimension);
                }

                var length = Math.Sqrt(Projection.Dot(direction, direction, dimension));
                var isNew = length > before * 1e-4 && float.IsFinite((float)(1 / length));
                for (var j = 0; j < dimension; j++)
                {
                    direction[j] = isNew ? (float)(direction[j] / length) : 0;
                }

                before = 1;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* vector, float factor, float* sum, int dimension)
    {
        var factors = Vector256.Create(factor);
        nint j = 0;
        for (; j <= dimension - 8; j += 8)
        {
            Fma.MultiplyAdd(Vector256.Load(vector + j), factors, Vector256.Load(sum + j)).Store(sum + j);
        }

        for (; j < dimension; j++)
        {
            sum[j] += vector[j] * factor;
        }
    }
}
