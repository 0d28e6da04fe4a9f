using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a transform that copies components to other positions; the remaining positions become 0 (FAISS: <c>RemapDimensionsTransform</c>).</summary>
public sealed unsafe class RemapDimensionsTransform : VectorTransform
{
    /// <summary>Initializes a transform, which needs no training.</summary>
    /// <param name="inputDimension">The number of components of an input vector, dᵢₙ.</param>
    /// <param name="outputDimension">The number of components of an output vector, dₒᵤₜ.</param>
    /// <param name="uniform"><see langword="true"/> to spread the components over all positions; <see langword="false"/> to fill the first ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public RemapDimensionsTransform(int inputDimension, int outputDimension, bool uniform = true)
        : base(New(inputDimension, outputDimension, uniform))
    {
    }

    internal RemapDimensionsTransform(VectorTransformHandle handle)
        : base(handle)
    {
    }

    private protected override bool IsReversible(FaissVectorTransform* transform) => true;

    private static VectorTransformHandle New(int inputDimension, int outputDimension, bool uniform)
    {
        CheckDimensions(inputDimension, outputDimension);
        FaissVectorTransform* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_RemapDimensionsTransform_new_with(&created, inputDimension, outputDimension, uniform ? 1 : 0));
        return new VectorTransformHandle(created, &FaissNative.faiss_RemapDimensionsTransform_free);
    }
}
