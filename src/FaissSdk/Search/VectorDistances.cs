using System.Numerics.Tensors;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Computes distances, inner products and norms of vectors with FAISS's own functions, or in managed code without the native library.</summary>
public static unsafe class VectorDistances
{
    /// <summary>Computes the squared Euclidean distances of all pairs: Σ (xᵢ − yᵢ)².</summary>
    /// <remarks>FAISS computes them as |x|² + |y|² − 2x·y, which is fast, and inexact by about 10⁻⁷ (|x|² + |y|²): <see cref="L2Squared"/> is better for vectors far from the origin. Without the native library they are sums of squares.</remarks>
    /// <param name="queries">The first vectors, row-major (n × d).</param>
    /// <param name="vectors">The second vectors, row-major (m × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="distances">Receives the distances, row-major (n × m).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    public static void PairwiseL2Squared(ReadOnlySpan<float> queries, ReadOnlySpan<float> vectors, int dimension, Span<float> distances)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        var count = VectorShape.CountVectors(queries, dimension, nameof(queries));
        var others = VectorShape.CountVectors(vectors, dimension, nameof(vectors));
        VectorShape.CheckLength(distances.Length, (long)count * others, nameof(distances));
        CheckDisjoint(queries, vectors, distances, nameof(distances));
        if (distances.IsEmpty)
        {
            return;
        }

        fixed (float* x = queries, y = vectors, result = distances)
        {
            if (!FaissLibrary.IsAvailable)
            {
                ManagedDistances.PairwiseL2Squared(x, count, dimension, y, others, dimension, dimension, result, others);
                return;
            }

            DefaultThreads.Take();
            FaissNative.faiss_pairwise_L2sqr_with_defaults(dimension, count, x, others, y, result);
        }

        RaiseTo0(distances);
    }

    /// <summary>Computes the squared Euclidean distances of all pairs, of rows with strides.</summary>
    /// <remarks>FAISS computes them as |x|² + |y|² − 2x·y, as for rows without strides.</remarks>
    /// <param name="queries">The first vectors (n rows; the last one may end after d components).</param>
    /// <param name="queryStride">The number of components from the start of a row of <paramref name="queries"/> to that of the next, at least d.</param>
    /// <param name="vectors">The second vectors (m rows).</param>
    /// <param name="vectorStride">The number of components from the start of a row of <paramref name="vectors"/> to that of the next, at least d.</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="distances">Receives the distances (n rows of m).</param>
    /// <param name="distanceStride">The number of elements from the start of a row of <paramref name="distances"/> to that of the next, at least m.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, or a stride is shorter than a row.</exception>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    public static void PairwiseL2Squared(
        ReadOnlySpan<float> queries, int queryStride, ReadOnlySpan<float> vectors, int vectorStride, int dimension, Span<float> distances, int distanceStride)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        var count = CountRows(queries.Length, queryStride, dimension, nameof(queries), nameof(queryStride));
        var others = CountRows(vectors.Length, vectorStride, dimension, nameof(vectors), nameof(vectorStride));
        ArgumentOutOfRangeException.ThrowIfLessThan(distanceStride, others);
        if (count > 0 && others > 0 && distances.Length < ((long)(count - 1) * distanceStride) + others)
        {
            throw new ArgumentException($"distances has length {distances.Length}; {count} rows of {others} with a stride of {distanceStride} need {((long)(count - 1) * distanceStride) + others}.", nameof(distances));
        }

        CheckDisjoint(queries, vectors, distances, nameof(distances));
        if (count == 0 || others == 0)
        {
            return;
        }

        fixed (float* x = queries, y = vectors, result = distances)
        {
            if (!FaissLibrary.IsAvailable)
            {
                ManagedDistances.PairwiseL2Squared(x, count, queryStride, y, others, vectorStride, dimension, result, distanceStride);
                return;
            }

            DefaultThreads.Take();
            FaissNative.faiss_pairwise_L2sqr(dimension, count, x, others, y, result, queryStride, vectorStride, distanceStride);
        }

        for (var i = 0; i < count; i++)
        {
            RaiseTo0(distances.Slice(i * distanceStride, others));
        }
    }

    /// <summary>Computes the inner products of one vector with others: Σ xᵢ·yᵢ.</summary>
    /// <param name="vector">The vector (d).</param>
    /// <param name="vectors">The other vectors, row-major (n × d).</param>
    /// <param name="products">Receives the products (n).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    public static void InnerProducts(ReadOnlySpan<float> vector, ReadOnlySpan<float> vectors, Span<float> products)
    {
        var count = CheckOneToMany(vector, vectors, products, nameof(products));
        fixed (float* x = vector, y = vectors, result = products)
        {
            if (!FaissLibrary.IsAvailable)
            {
                ManagedDistances.InnerProducts(x, y, count, vector.Length, result);
            }
            else if (count > 0)
            {
                FaissNative.faiss_fvec_inner_products_ny(result, x, y, (nuint)vector.Length, (nuint)count);
            }
        }
    }

    /// <summary>Computes the squared Euclidean distances of one vector to others: Σ (xᵢ − yᵢ)².</summary>
    /// <param name="vector">The vector (d).</param>
    /// <param name="vectors">The other vectors, row-major (n × d).</param>
    /// <param name="distances">Receives the distances (n).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    public static void L2Squared(ReadOnlySpan<float> vector, ReadOnlySpan<float> vectors, Span<float> distances)
    {
        var count = CheckOneToMany(vector, vectors, distances, nameof(distances));
        fixed (float* x = vector, y = vectors, result = distances)
        {
            if (!FaissLibrary.IsAvailable)
            {
                ManagedDistances.PairwiseL2Squared(x, 1, vector.Length, y, count, vector.Length, vector.Length, result, count);
            }
            else if (count > 0)
            {
                FaissNative.faiss_fvec_L2sqr_ny(result, x, y, (nuint)vector.Length, (nuint)count);
            }
        }
    }

    /// <summary>Computes the squared Euclidean norm of a vector: Σ xᵢ².</summary>
    /// <param name="vector">The vector (d).</param>
    public static float NormL2Squared(ReadOnlySpan<float> vector)
    {
        fixed (float* x = vector)
        {
            return vector.IsEmpty ? 0 : !FaissLibrary.IsAvailable ? ManagedDistances.SquaredNorm(x, vector.Length) : FaissNative.faiss_fvec_norm_L2sqr(x, (nuint)vector.Length);
        }
    }

    /// <summary>Computes the Euclidean norms of vectors: √Σ xᵢ².</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="norms">Receives the norms (n).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    public static void NormsL2(ReadOnlySpan<float> vectors, int dimension, Span<float> norms)
    {
        var count = CheckNorms(vectors, dimension, norms);
        fixed (float* x = vectors, result = norms)
        {
            if (!FaissLibrary.IsAvailable)
            {
                ManagedDistances.Norms(x, count, dimension, result, squared: false);
            }
            else if (count > 0)
            {
                DefaultThreads.Take();
                FaissNative.faiss_fvec_norms_L2(result, x, (nuint)dimension, (nuint)count);
            }
        }
    }

    /// <summary>Computes the squared Euclidean norms of vectors: Σ xᵢ².</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="norms">Receives the norms (n).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    public static void NormsL2Squared(ReadOnlySpan<float> vectors, int dimension, Span<float> norms)
    {
        var count = CheckNorms(vectors, dimension, norms);
        fixed (float* x = vectors, result = norms)
        {
            if (!FaissLibrary.IsAvailable)
            {
                ManagedDistances.Norms(x, count, dimension, result, squared: true);
            }
            else if (count > 0)
            {
                DefaultThreads.Take();
                FaissNative.faiss_fvec_norms_L2sqr(result, x, (nuint)dimension, (nuint)count);
            }
        }
    }

    /// <summary>Scales vectors to length 1, in place: x / √Σ xᵢ². Zero vectors remain unchanged.</summary>
    /// <remarks>Sums of squares are in single precision: a vector longer than 1.8e19 becomes zeros, and one whose components are below 1e-23 remains unchanged. <see cref="VectorMath.Normalize(Span{float}, int)"/> scales vectors of any length.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length is not a multiple of <paramref name="dimension"/>.</exception>
    public static void RenormalizeL2(Span<float> vectors, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        var count = VectorShape.CountVectors<float>(vectors, dimension, nameof(vectors));
        fixed (float* x = vectors)
        {
            if (!FaissLibrary.IsAvailable)
            {
                ManagedDistances.Renormalize(x, count, dimension);
            }
            else if (count > 0)
            {
                DefaultThreads.Take();
                FaissNative.faiss_fvec_renorm_L2((nuint)dimension, (nuint)count, x);
            }
        }
    }

    /// <summary>Replaces distances that rounding has made negative.</summary>
    private static void RaiseTo0(Span<float> distances)
    {
        if (KnownDefects.NegativeDistances.IsPresent)
        {
            TensorPrimitives.Max<float>(distances, 0, distances);
        }
    }

    private static int CheckNorms(ReadOnlySpan<float> vectors, int dimension, ReadOnlySpan<float> norms)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        var count = VectorShape.CountVectors(vectors, dimension, nameof(vectors));
        VectorShape.CheckLength(norms.Length, count, nameof(norms));
        VectorShape.CheckDisjoint(vectors, norms, nameof(norms));
        return count;
    }

    private static int CheckOneToMany(ReadOnlySpan<float> vector, ReadOnlySpan<float> vectors, ReadOnlySpan<float> output, string outputParameter)
    {
        if (vector.IsEmpty)
        {
            throw new ArgumentException("vector is empty.", nameof(vector));
        }

        var count = VectorShape.CountVectors(vectors, vector.Length, nameof(vectors));
        VectorShape.CheckLength(output.Length, count, outputParameter);
        CheckDisjoint(vector, vectors, output, outputParameter);
        return count;
    }

    private static void CheckDisjoint(ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> output, string outputParameter)
    {
        VectorShape.CheckDisjoint(first, output, outputParameter);
        VectorShape.CheckDisjoint(second, output, outputParameter);
    }

    private static int CountRows(int length, int stride, int width, string parameter, string strideParameter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, width, strideParameter);
        var (rows, rest) = Math.DivRem(length, stride);
        return rest == 0 ? rows
            : rest >= width ? rows + 1
            : throw new ArgumentException($"{parameter} has length {length}, which ends within a row: with a stride of {stride} the last row needs at least {width} components.", parameter);
    }
}
