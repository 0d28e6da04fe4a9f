using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a transform that subtracts the mean of the training vectors (FAISS: <c>CenteringTransform</c>).</summary>
public sealed unsafe class CenteringTransform : VectorTransform
{
    /// <summary>Initializes an untrained transform.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public CenteringTransform(int dimension)
        : base(New(dimension))
    {
    }

    internal CenteringTransform(VectorTransformHandle handle)
        : base(handle)
    {
    }

    private protected override bool IsReversible(FaissVectorTransform* transform) => true;

    private static VectorTransformHandle New(int dimension)
    {
        CheckDimension(dimension);
        FaissVectorTransform* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_CenteringTransform_new_with(&created, dimension));
        return new VectorTransformHandle(created, &FaissNative.faiss_CenteringTransform_free);
    }
}
