using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents the rotation that minimizes the loss of reducing components to their signs: iterative quantization (Gong et al. 2013; FAISS: <c>ITQMatrix</c>).</summary>
public sealed unsafe class ITQMatrix : LinearTransform
{
    /// <summary>Initializes an untrained rotation.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public ITQMatrix(int dimension)
        : base(New(dimension))
    {
    }

    internal ITQMatrix(VectorTransformHandle handle)
        : base(handle)
    {
    }

    private static VectorTransformHandle New(int dimension)
    {
        CheckDimension(dimension);
        FaissVectorTransform* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_ITQMatrix_new_with(&created, dimension));
        return new VectorTransformHandle(created, &FaissNative.faiss_ITQMatrix_free);
    }
}
