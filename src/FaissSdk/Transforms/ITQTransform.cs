using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Centering, normalization, principal components where wanted, and <see cref="ITQMatrix"/>; it is trained once only.</summary>
public sealed unsafe class ITQTransform : VectorTransform
{
    /// <summary>Makes a transform, to be trained.</summary>
    /// <param name="inputDimension">The number of components of a vector before, dᵢₙ.</param>
    /// <param name="outputDimension">The number of components afterwards, dₒᵤₜ: at most dᵢₙ, and equal to it without principal components.</param>
    /// <param name="doPca">Whether vectors are projected on principal components.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is out of range.</exception>
    /// <exception cref="FaissLibraryException">The native library is not available.</exception>
    public ITQTransform(int inputDimension, int outputDimension, bool doPca)
        : base(New(inputDimension, outputDimension, doPca))
    {
    }

    internal ITQTransform(VectorTransformHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets a value indicating whether vectors are projected on principal components.</summary>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public bool DoPca
    {
        get
        {
            using var transform = Handle.Acquire(this);
            return FaissNative.faiss_ITQTransform_do_pca(transform.Pointer) != 0;
        }
    }

    private protected override void CheckTrainable(int count)
    {
        if (IsTrained)
        {
            throw new InvalidOperationException("An ITQTransform learns once only.");
        }
    }

    private static VectorTransformHandle New(int inputDimension, int outputDimension, bool doPca)
    {
        CheckDimensions(inputDimension, outputDimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputDimension, inputDimension);
        if (!doPca)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(outputDimension, inputDimension);
        }

        FaissVectorTransform* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_ITQTransform_new_with(&created, inputDimension, outputDimension, doPca ? 1 : 0));
        return new VectorTransformHandle(created, &FaissNative.faiss_ITQTransform_free);
    }
}
