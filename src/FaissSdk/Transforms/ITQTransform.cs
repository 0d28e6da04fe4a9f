using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a transform that centers and normalizes vectors, optionally projects them on principal components, and applies an <see cref="ITQMatrix"/>. It supports only one training (FAISS: <c>ITQTransform</c>).</summary>
public sealed unsafe class ITQTransform : VectorTransform
{
    /// <summary>Initializes an untrained transform.</summary>
    /// <param name="inputDimension">The number of components of an input vector, dᵢₙ.</param>
    /// <param name="outputDimension">The number of components of an output vector, dₒᵤₜ: at most dᵢₙ; equal to dᵢₙ without principal components.</param>
    /// <param name="applyPca"><see langword="true"/> to project vectors on principal components.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is out of range.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public ITQTransform(int inputDimension, int outputDimension, bool applyPca)
        : base(New(inputDimension, outputDimension, applyPca))
    {
    }

    internal ITQTransform(VectorTransformHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets a value indicating whether vectors are projected on principal components.</summary>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public bool AppliesPca
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_ITQTransform_do_pca(transform.Pointer) != 0;
        }
    }

    private protected override void CheckTrainable(FaissVectorTransform* transform, ReadOnlySpan<float> vectors)
    {
        if (IsTrained)
        {
            throw new InvalidOperationException("This ITQTransform is trained, and supports only one training: create a new one.");
        }
    }

    private static VectorTransformHandle New(int inputDimension, int outputDimension, bool applyPca)
    {
        CheckDimensions(inputDimension, outputDimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputDimension, inputDimension);
        if (!applyPca)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(outputDimension, inputDimension);
        }

        FaissVectorTransform* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_ITQTransform_new_with(&created, inputDimension, outputDimension, applyPca ? 1 : 0));
        return new VectorTransformHandle(created, &FaissNative.faiss_ITQTransform_free);
    }
}
