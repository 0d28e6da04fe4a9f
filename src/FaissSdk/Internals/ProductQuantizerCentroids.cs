using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents the centroids of a product quantizer, which splits vectors into subspaces and codes each part by its nearest centroid (FAISS: <c>ProductQuantizer</c>).</summary>
/// <remarks>
/// Those of an index lie in its memory: until they are disposed, the index stays alive, and calls that change it throw an
/// <see cref="InvalidOperationException"/>. Do not use their span afterwards.
/// </remarks>
public sealed unsafe class ProductQuantizerCentroids : IDisposable
{
    private static readonly OptionalFunction ShowFunction = new(nameof(FaissNative.faiss_sdk_product_quantizer), "Showing the centroids of a product quantizer");
    private static readonly OptionalFunction SetFunction = new(nameof(FaissNative.faiss_sdk_set_codebook), "Setting the centroids of a product quantizer");

    private readonly float[] _values = [];
    private readonly NativeHandle.ReadLease? _lease;
    private readonly FaissSdkCodebook _shown;

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

    private ProductQuantizerCentroids(NativeHandle.ReadLease lease, NativeIndex* index)
    {
        var shown = Show(index);
        (_lease, _shown) = (lease, shown);
        (Subspaces, Bits, Dimension) = ((int)shown.subspaces, (int)shown.bits, (int)(shown.subspaces * shown.dimension));
    }

    /// <summary>Gets the number of subspaces, m.</summary>
    public int Subspaces { get; }

    /// <summary>Gets the number of bits of the code in a subspace, b.</summary>
    public int Bits { get; }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the centroids, row-major (m × 2ᵇ × d/m).</summary>
    /// <exception cref="ObjectDisposedException">These centroids are those of an index, and disposed.</exception>
    public ReadOnlySpan<float> Values
    {
        get
        {
            _lease?.Check(this);
            return _lease is null ? _values : new ReadOnlySpan<float>(_shown.centroids, checked((int)_shown.size));
        }
    }

    /// <summary>Shows the centroids of the first product quantizer among an index and the parts that hold its vectors.</summary>
    /// <param name="index">The index.</param>
    /// <returns>The centroids, to be disposed.</returns>
    /// <exception cref="NotSupportedException">The index has no product quantizer, or the loaded library lacks the function.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or a call of another thread changes it.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static ProductQuantizerCentroids Of(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        ShowFunction.Require();
        using var reading = index.Handle.Acquire(index);
        var part = NativeParts.Of(reading.Pointer).VectorParts.FirstOrDefault(IsQuantized)
            ?? throw new NotSupportedException($"This {index.GetType().Name} has no product quantizer, nor has a part of it; only PQ…, IVF…,PQ… and their fast scans have.");
        if (!part.IsTrained)
        {
            throw new InvalidOperationException($"The product quantizer of this {index.GetType().Name} is not trained: call {nameof(FaissIndex.Train)} first.");
        }

        return new ProductQuantizerCentroids(index.Handle.BeginLease(index, nameof(ProductQuantizerCentroids)), (NativeIndex*)part.Object);
    }

    /// <summary>Sets the centroids of an index without vectors, which is trained then.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>.</remarks>
    /// <param name="index">An index of product quantizer codes, with or without inverted lists (<c>PQ16</c>, <c>IVF64,PQ16</c>).</param>
    /// <exception cref="ArgumentException">The product quantizer of the index has another shape.</exception>
    /// <exception cref="NotSupportedException">The index is of another kind, or the loaded library lacks the function.</exception>
    /// <exception cref="InvalidOperationException">The index holds vectors, another index is made of it, the quantizer of its lists is not trained, or these centroids are its own.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed, or these centroids are those of an index, and disposed.</exception>
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

        var shape = Show(lease.Pointer);
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

        fixed (float* centroids = Values)
        {
            Status.ThrowIfFailed(FaissNative.faiss_sdk_set_codebook(lease.Pointer, centroids));
        }
    }

    /// <summary>Ends the use of the index's memory.</summary>
    public void Dispose() => _lease?.Dispose();

    private static FaissSdkCodebook Show(NativeIndex* index)
    {
        FaissSdkCodebook shown;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_product_quantizer(index, &shown));
        return shown;
    }

    private static bool IsQuantized(IndexPart part) =>
        part.Class is "IndexPQ" or "IndexIVFPQ" or "IndexIVFPQR" or "IndexPQFastScan" or "IndexIVFPQFastScan";
}
