using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Compares codes of one bit for each of several directions by Hamming distance (FAISS: <c>IndexLSH</c>).</summary>
public sealed unsafe class IndexLSH : FaissIndex
{
    /// <summary>Makes an empty index.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="bits">The number of bits of a code; without rotation at most d.</param>
    /// <param name="rotateData">Whether vectors are rotated at random first.</param>
    /// <param name="trainThresholds">Whether the threshold of a bit is learnt in training instead of being 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> or <paramref name="bits"/> is out of range.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IndexLSH(int dimension, int bits, bool rotateData = true, bool trainThresholds = false)
        : base(New(dimension, bits, rotateData, trainThresholds))
    {
    }

    internal IndexLSH(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>The number of bits of a code.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Bits
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexLSH_nbits(index.Pointer);
        }
    }

    /// <summary>The number of bytes of a code.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int CodeBytes
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexLSH_code_size(index.Pointer);
        }
    }

    /// <summary>Whether vectors are rotated at random first.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool RotatesData
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexLSH_rotate_data(index.Pointer) != 0;
        }
    }

    /// <summary>Whether thresholds are learnt in training.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool TrainsThresholds
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexLSH_train_thresholds(index.Pointer) != 0;
        }
    }

    private static IndexHandle New(int dimension, int bits, bool rotateData, bool trainThresholds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bits);
        if (!rotateData)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, dimension);
        }

        Interop.FaissIndex* created = null;
        Status.ThrowIfFailed(rotateData && !trainThresholds
            ? FaissNative.faiss_IndexLSH_new(&created, dimension, bits)
            : FaissNative.faiss_IndexLSH_new_with_options(&created, dimension, bits, rotateData ? 1 : 0, trainThresholds ? 1 : 0));
        return new IndexHandle(created, &FaissNative.faiss_IndexLSH_free);
    }
}
