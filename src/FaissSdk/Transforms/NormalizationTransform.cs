using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a transform that scales vectors to length 1; reversing it returns them as they are (FAISS: <c>NormalizationTransform</c>).</summary>
public sealed unsafe class NormalizationTransform : VectorTransform
{
    /// <summary>Initializes a transform by the Euclidean norm, the only one that FAISS supports. It needs no training.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public NormalizationTransform(int dimension)
        : base(New(dimension))
    {
    }

    internal NormalizationTransform(VectorTransformHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets the norm: 2 for the Euclidean.</summary>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public float Norm
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_NormalizationTransform_norm(transform.Pointer);
        }
    }

    private protected override bool IsReversible(FaissVectorTransform* transform) => true;

    private static VectorTransformHandle New(int dimension)
    {
        CheckDimension(dimension);
        FaissVectorTransform* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_NormalizationTransform_new_with(&created, dimension, 2f));
        return new VectorTransformHandle(created, &FaissNative.faiss_NormalizationTransform_free);
    }
}
