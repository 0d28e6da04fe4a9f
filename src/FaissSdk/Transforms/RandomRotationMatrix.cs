using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>A random rotation; to more dimensions an embedding, to fewer a projection. Training draws it, always the same; it does not look at the vectors.</summary>
public sealed unsafe class RandomRotationMatrix : LinearTransform
{
    /// <summary>Makes a rotation, to be drawn by <see cref="VectorTransform.Train"/>.</summary>
    /// <param name="inputDimension">The number of components of a vector before, dᵢₙ.</param>
    /// <param name="outputDimension">The number of components afterwards, dₒᵤₜ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library is not available.</exception>
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
