using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index of codes with one bit for each of several directions, compared by Hamming distance (FAISS: <c>IndexLSH</c>).</summary>
/// <remarks>A range search is the exception: where FAISS has one for this kind, it compares the query with the decoded codes by squared distance, so its radius is in a different unit from the distances of a search.</remarks>
public sealed unsafe class IndexLSH : FaissIndex
{
    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="bits">The number of bits of a code; without rotation at most d.</param>
    /// <param name="rotateData"><see langword="true"/> to rotate vectors at random before they are encoded.</param>
    /// <param name="trainThresholds"><see langword="true"/> to determine the threshold of each bit by training; <see langword="false"/> for 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> or <paramref name="bits"/> is out of range.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexLSH(int dimension, int bits, bool rotateData = true, bool trainThresholds = false)
        : base(New(dimension, bits, rotateData, trainThresholds))
    {
    }

    internal IndexLSH(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the number of bits of a code.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Bits
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexLSH_nbits(index.Pointer);
        }
    }

    /// <summary>Gets a value indicating whether vectors are rotated at random before they are encoded.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool RotatesData
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexLSH_rotate_data(index.Pointer) != 0;
        }
    }

    /// <summary>Gets a value indicating whether training determines thresholds.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool TrainsThresholds
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexLSH_train_thresholds(index.Pointer) != 0;
        }
    }

    private protected override bool ReconstructsInOrder => true;

    private protected override FaissIndex CloneCore(NativeIndex* index) => CloneNatively(index);

    private protected override bool CanSaveUntrained(NativeIndex* index) => true;

    private static IndexHandle New(int dimension, int bits, bool rotateData, bool trainThresholds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bits);
        if (!rotateData)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, dimension);
        }

        if (rotateData && KnownDefects.TransformDimensions.IsPresent)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, VectorTransform.MaxDimension);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, VectorTransform.MaxDimension);
        }

        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexLSH_new_with_options(&created, dimension, bits, rotateData ? 1 : 0, trainThresholds ? 1 : 0));
        return new IndexHandle(created, &FaissNative.faiss_IndexLSH_free);
    }
}
