using FaissSdk.Native;

namespace FaissSdk;

/// <content>Metrics that need more than a factory string.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Gets the exponent p of <see cref="MetricType.Lp"/>; 0 for other metrics, and if the library was not built with FaissSdk's functions (FAISS: <c>metric_arg</c>).</summary>
    public float MetricArgument { get; private set; }

    /// <summary>Creates an index that compares by cosine: it scales vectors and queries to length 1 and compares by the inner product, from −1 to 1, larger is nearer.</summary>
    /// <remarks>The scaling is a part of the index, also in files and copies. A vector of zeros has no direction: its similarity to every vector is 0. <see cref="IndexPreTransform.Index"/> is the index of the factory string.</remarks>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="description">The factory string of the index of the scaled vectors, such as <c>HNSW32,Flat</c>.</param>
    /// <returns>An empty index.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException"><paramref name="description"/> is not valid; see <see cref="Create"/>.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails with this kind of index, only a newer one has it, or it does not compare by the inner product.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">FAISS does not recognize the description, or it does not match the dimension.</exception>
    public static IndexPreTransform CreateCosine(int dimension, string description)
    {
        // A prefix of the factory string (L2norm) would not reach an index that refines, which follows all transforms.
        var index = Create(dimension, description, MetricType.InnerProduct);
        try
        {
            return new IndexPreTransform(new NormalizationTransform(dimension), index, takeOwnership: true);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Creates an index that compares by Σ |xᵢ − yᵢ|ᵖ.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="description">The factory string; <c>Flat</c>, <c>HNSWn,Flat</c> and, with FAISS 1.15.0, <c>IVFn,Flat</c> and <c>NSGn,Flat</c> compare by it.</param>
    /// <param name="exponent">The exponent p, greater than 0.</param>
    /// <returns>An empty index of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, or <paramref name="exponent"/> is not a finite number greater than 0.</exception>
    /// <exception cref="ArgumentException"><paramref name="description"/> is not valid; see <see cref="Create"/>.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version does not compare by the metric in this kind of index, or the library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">FAISS does not recognize the description, or it does not match the dimension.</exception>
    public static FaissIndex CreateLp(int dimension, string description, float exponent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        if (!(exponent > 0) || !float.IsFinite(exponent))
        {
            throw new ArgumentOutOfRangeException(nameof(exponent), exponent, "The exponent must be a finite number greater than 0.");
        }

        return IndexFactory.Wrap(IndexCreation.FromFactoryByExponent(dimension, description, exponent), description);
    }
}
