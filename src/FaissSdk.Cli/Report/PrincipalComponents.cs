using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Finds the directions of the largest variance by orthogonal iteration, and projects vectors onto them.</summary>
/// <remarks>The covariance matrix is applied to a direction as Xᵀ(Xv), and never stored. See G. Golub and C. Van Loan, "Matrix Computations", section 8.2.4.</remarks>
internal sealed record PrincipalComponents
{
    private const int MaxIterations = 200;
    private const double Tolerance = 1e-5;

    private readonly float[] _mean;
    private readonly float[][] _directions;

    private PrincipalComponents(float[] mean, float[][] directions, double[] shares) => (_mean, _directions, Shares) = (mean, directions, shares);

    /// <summary>Gets the shares of the variance, one for each direction.</summary>
    public IReadOnlyList<double> Shares { get; }

    /// <summary>Finds the first directions.</summary>
    /// <param name="points">The points.</param>
    /// <param name="rows">The numbers of the points to use.</param>
    /// <param name="count">The number of directions; those beyond the dimension are zero.</param>
    public static PrincipalComponents Fit(VectorSet points, IReadOnlyList<int> rows, int count)
    {
        var dimension = points.Dimension;
        var mean = new float[dimension];
        var sums = new double[dimension];
        foreach (var row in rows)
        {
            var vector = points.Vector(row);
            for (var j = 0; j < dimension; j++)
            {
                sums[j] += vector[j];
            }
        }

        for (var j = 0; j < dimension; j++)
        {
            mean[j] = (float)(sums[j] / rows.Count);
        }

        var centered = new float[rows.Count * dimension];
        for (var i = 0; i < rows.Count; i++)
        {
            TensorPrimitives.Subtract(points.Vector(rows[i]), mean, centered.AsSpan(i * dimension, dimension));
        }

        // Squares of lengths of large numbers would be infinite in single precision, and those of small ones zero.
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude<float>(centered));
        if (largest > 0 && float.IsFinite(largest))
        {
            TensorPrimitives.Divide(centered, largest, centered);
        }

        var total = (double)TensorPrimitives.SumOfSquares<float>(centered);
        var (directions, variances) = Iterate(centered, dimension, count);
        return new PrincipalComponents(mean, directions, [.. variances.Select(variance => total > 0 ? Math.Min(1, variance / total) : 0)]);
    }

    public double[] Project(ReadOnlySpan<float> vector)
    {
        var centered = new float[vector.Length];
        TensorPrimitives.Subtract(vector, _mean, centered);
        var coordinates = new double[_directions.Length];
        for (var i = 0; i < coordinates.Length; i++)
        {
            coordinates[i] = TensorPrimitives.Dot<float>(centered, _directions[i]);
        }

        return coordinates;
    }

    private static (float[][] Directions, double[] Variances) Iterate(float[] centered, int dimension, int count)
    {
        var directions = new float[count][];
        var variances = new double[count];
        for (var c = 0; c < count; c++)
        {
            // Fixed, and parallel to no axis: the same map in every run.
            directions[c] = [.. Enumerable.Range(0, dimension).Select(j => (float)Math.Cos((j + 1) * (c + 1) * 0.7))];
            Orthogonalize(directions, c);
        }

        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var change = 0.0;
            for (var c = 0; c < count; c++)
            {
                var image = Apply(centered, directions[c]);
                var before = directions[c];
                directions[c] = image;
                variances[c] = Orthogonalize(directions, c);
                change = Math.Max(change, 1 - Math.Abs(TensorPrimitives.Dot<float>(before, directions[c])));
            }

            if (change < Tolerance && iteration > 2)
            {
                break;
            }
        }

        for (var c = 0; c < count; c++)
        {
            // The sign is free: the largest component is positive.
            if (dimension > 0 && directions[c][TensorPrimitives.IndexOfMaxMagnitude<float>(directions[c])] < 0)
            {
                TensorPrimitives.Negate(directions[c], directions[c]);
            }
        }

        return (directions, variances);
    }

    private static float[] Apply(float[] centered, float[] direction)
    {
        var image = new float[direction.Length];
        for (var start = 0; start < centered.Length; start += direction.Length)
        {
            var row = centered.AsSpan(start, direction.Length);
            TensorPrimitives.MultiplyAdd(row, TensorPrimitives.Dot<float>(row, direction), image, image);
        }

        return image;
    }

    /// <summary>Removes the directions before one from it, scales it to length 1, and returns its length before; a direction of no variance becomes zero.</summary>
    private static double Orthogonalize(float[][] directions, int c)
    {
        var direction = directions[c];
        var before = TensorPrimitives.Norm<float>(direction);
        for (var other = 0; other < c; other++)
        {
            var share = TensorPrimitives.Dot<float>(direction, directions[other]);
            TensorPrimitives.MultiplyAdd(directions[other], -share, direction, direction);
        }

        var norm = TensorPrimitives.Norm<float>(direction);
        if (!(norm > before * 1e-6f) || !float.IsFinite(norm))
        {
            Array.Clear(direction);
            return 0;
        }

        TensorPrimitives.Divide(direction, norm, direction);
        return norm;
    }
}
