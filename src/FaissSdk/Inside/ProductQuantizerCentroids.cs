using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents the centroids of a product quantizer, which splits vectors into subspaces and codes each part by its nearest centroid (FAISS: <c>ProductQuantizer</c>).</summary>
public sealed unsafe class ProductQuantizerCentroids
{
    private static readonly OptionalFunction ReadFunction = new(nameof(FaissNative.faiss_sdk_codebook), "Reading the centroids of a product quantizer");
    private static readonly OptionalFunction SetFunction = new(nameof(FaissNative.faiss_sdk_set_codebook), "Setting the centroids of a product quantizer");

    private readonly float[] _values;

    /// <summary>Initializes a new instance of centroids that were found by other means.</summary>
    /// <param name="subspaces">The number of subspaces, m.</param>
    /// <param name="bits">The number of bits of the code in a subspace, b, from 1 to 16.</param>
    /// <param name="dimension">The number of components of a vector, d, a multiple of <paramref name="subspaces"/>.</param>
    /// <param name="values">The centroids, row-major (m × 2ᵇ × d/m).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="values"/> does not match, or a component is not finite.</exception>
    public ProductQuantizerCentroids(int subspaces, int bits, int dimension, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(subspaces);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 16);
        if (dimension <= 0 || dimension % subspaces != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"dimension must be a multiple of the number of subspaces, {subspaces}.");
        }

        VectorShape.CheckLength(values.Length, (long)dimension << bits, nameof(values));
        VectorValues.CheckFinite(values, dimension / subspaces, nameof(values));
        (Subspaces, Bits, Dimension, _values) = (subspaces, bits, dimension, values.ToArray());
    }

    /// <summary>Gets the number of subspaces, m.</summary>
    public int Subspaces { get; }

    /// <summary>Gets the number of bits of the code in a subspace, b.</summary>
    public int Bits { get; }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the centroids, row-major (m × 2ᵇ × d/m).</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Copies the centroids of the first product quantizer among an index and the parts that hold its vectors.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="index">The index.</param>
    /// <returns>The centroids.</returns>
    /// <exception cref="NotSupportedException">The index has no product quantizer, or the loaded library lacks the function.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static ProductQuantizerCentroids Of(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        ReadFunction.Require();
        using var lease = index.Handle.Acquire(index);
        var part = NativeParts.Of(lease.Pointer).Holders.FirstOrDefault(IsQuantized)
            ?? throw new NotSupportedException($"This {index.GetType().Name} has no product quantizer, nor has a part of it; only PQ…, IVF…,PQ… and their fast scans have.");
        if (!part.IsTrained)
        {
            throw new InvalidOperationException($"The product quantizer of this {index.GetType().Name} is not trained: call {nameof(FaissIndex.Train)} first.");
        }

        FaissSdkCodebook shape;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_codebook((NativeIndex*)part.Object, null, 0, &shape));
        var values = new float[shape.size];
        fixed (float* centroids = values)
        {
            Status.ThrowIfFailed(FaissNative.faiss_sdk_codebook((NativeIndex*)part.Object, centroids, shape.size, &shape));
        }

        return new ProductQuantizerCentroids((int)shape.subspaces, (int)shape.bits, (int)(shape.subspaces * shape.dimension), values);
    }

    /// <summary>Sets the centroids of an index without vectors, which is trained then.</summary>
    /// <remarks>Runs alone: beside another call on the index or on its parts, the later one throws an <see cref="InvalidOperationException"/>.</remarks>
    /// <param name="index">An index of product quantizer codes, with or without inverted lists (<c>PQ16</c>, <c>IVF64,PQ16</c>).</param>
    /// <exception cref="ArgumentException">The product quantizer of the index has another shape.</exception>
    /// <exception cref="NotSupportedException">The index is of another kind, or the loaded library lacks the function.</exception>
    /// <exception cref="InvalidOperationException">The index holds vectors, another index is made of it, or the quantizer of its lists is not trained.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ApplyTo(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        SetFunction.Require();
        using var lease = index.Handle.AcquireToChange(index);
        var part = NativeParts.Of(lease.Pointer);
        if (part.Class is not ("IndexPQ" or "IndexIVFPQ"))
        {
            throw new NotSupportedException($"The centroids of this {index.GetType().Name} ({part.Class}) cannot be set; create PQ… or IVF…,PQ…, set them, and put transforms and ID maps around it afterwards.");
        }

        FaissSdkCodebook shape;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_codebook(lease.Pointer, null, 0, &shape));
        if ((int)shape.subspaces != Subspaces || (int)shape.bits != Bits || part.Dimension != Dimension)
        {
            throw new ArgumentException($"The product quantizer of the index has {shape.subspaces} subspaces of {shape.bits} bits and dimension {part.Dimension}, and the centroids are those of {Subspaces} subspaces of {Bits} bits and dimension {Dimension}.", nameof(index));
        }

        if (part.Count > 0)
        {
            throw new InvalidOperationException($"The index holds {part.Count} vectors, whose codes would mean other vectors; call {nameof(FaissIndex.Reset)} first.");
        }

        if (part.Parts.FirstOrDefault(inner => inner.Role == "quantizer") is { } quantizer && (!quantizer.IsTrained || quantizer.Count != part.ListCount))
        {
            throw new InvalidOperationException($"The quantizer of the lists holds {quantizer.Count} of {part.ListCount} centroids; train the index, or create it of a quantizer that holds them, first.");
        }

        fixed (float* centroids = _values)
        {
            Status.ThrowIfFailed(FaissNative.faiss_sdk_set_codebook(lease.Pointer, centroids));
        }
    }

    private static bool IsQuantized(IndexPart part) =>
        part.Class is "IndexPQ" or "IndexIVFPQ" or "IndexIVFPQR" or "IndexPQFastScan" or "IndexIVFPQFastScan";
}
