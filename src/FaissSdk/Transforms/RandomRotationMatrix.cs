using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a random rotation: an embedding into more dimensions, or a projection on fewer. Training draws it from a fixed seed and ignores the vectors (FAISS: <c>RandomRotationMatrix</c>).</summary>
public sealed unsafe class RandomRotationMatrix : LinearTransform
{
    /// <summary>Initializes a rotation that <see cref="VectorTransform.Train"/> draws.</summary>
    /// <param name="inputDimension">The number of components of an input vector, dᵢₙ.</param>
    /// <param name="outputDimension">The number of components of an output vector, dₒᵤₜ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public RandomRotationMatrix(int inputDimension, int outputDimension)
        : base(New(inputDimension, outputDimension))
    {
    }

    internal RandomRotationMatrix(VectorTransformHandle handle)
        : base(handle)
    {
    }

    private static VectorTransformHandle New(int inputDimension, int outputDimension)
    {
        CheckDimensions(inputDimension, outputDimension);
        FaissVectorTransform* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_RandomRotationMatrix_new_with(&created, inputDimension, outputDimension));
        return new VectorTransformHandle(created, &FaissNative.faiss_RandomRotationMatrix_free);
    }
}
