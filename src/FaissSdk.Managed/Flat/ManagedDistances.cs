namespace FaissSdk;

/// <summary>Computes distances, inner products and norms where there is no native library.</summary>
internal static unsafe class ManagedDistances
{
    /// <summary>Computes the squared distances of all pairs of rows with strides.</summary>
    public static void PairwiseL2Squared(float* x, int count, int stride, float* y, int others, int otherStride, int dimension, float* distances, int distanceStride)
    {
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < others; j++)
            {
                distances[((long)i * distanceStride) + j] = ExactDistance.Squared(x + ((long)i * stride), y + ((long)j * otherStride), dimension);
            }
        }
    }

    /// <summary>Computes the inner products of a vector with others.</summary>
    public static void InnerProducts(float* x, float* y, int count, int dimension, float* products)
    {
        for (var j = 0; j < count; j++)
        {
            products[j] = 0 - ExactDistance.NegativeProduct(x, y + ((long)j * dimension), dimension);
        }
    }

    /// <summary>Returns Σ xᵢ².</summary>
    public static float SquaredNorm(float* x, int dimension) => 0 - ExactDistance.NegativeProduct(x, x, dimension);

    /// <summary>Computes the norms of vectors, or their squares.</summary>
    public static void Norms(float* x, int count, int dimension, float* norms, bool squared)
    {
        for (var i = 0; i < count; i++)
        {
            var norm = SquaredNorm(x + ((long)i * dimension), dimension);
            norms[i] = squared ? norm : MathF.Sqrt(norm);
        }
    }

    /// <summary>Scales vectors to length 1, except those of zeros.</summary>
    public static void Renormalize(float* x, int count, int dimension)
    {
        for (var i = 0; i < count; i++)
        {
            var vector = x + ((long)i * dimension);
            var norm = SquaredNorm(vector, dimension);
            if (norm > 0)
            {
                var factor = 1 / MathF.Sqrt(norm);
                for (var j = 0; j < dimension; j++)
                {
                    vector[j] *= factor;
                }
            }
        }
    }
}
