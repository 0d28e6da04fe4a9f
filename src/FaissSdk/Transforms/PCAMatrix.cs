using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a principal component analysis: projects vectors on the directions of greatest variance (Pearson 1901, Hotelling 1933; FAISS: <c>PCAMatrix</c>).</summary>
public sealed unsafe class PCAMatrix : LinearTransform
{
    private static readonly OptionalFunction BalancedBinsFunction = new(nameof(FaissNative.faiss_PCAMatrix_balanced_bins));

    /// <summary>Initializes an untrained analysis, whose training needs at least dₒᵤₜ vectors.</summary>
    /// <param name="inputDimension">The number of components of an input vector, dᵢₙ.</param>
    /// <param name="outputDimension">The number of components of an output vector, dₒᵤₜ, at most dᵢₙ.</param>
    /// <param name="eigenPower">The power of its eigenvalue by which each component is scaled; −0.5 whitens.</param>
    /// <param name="randomRotation"><see langword="true"/> to append a random rotation, which spreads the variance evenly.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension or <paramref name="eigenPower"/> is out of range.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public PCAMatrix(int inputDimension, int outputDimension, float eigenPower = 0, bool randomRotation = false)
        : base(New(inputDimension, outputDimension, eigenPower, randomRotation))
    {
    }

    internal PCAMatrix(VectorTransformHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets the power of its eigenvalue by which each component is scaled (FAISS: <c>eigen_power</c>).</summary>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public float EigenPower
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_PCAMatrix_eigen_power(transform.Pointer);
        }
    }

    /// <summary>Gets a value indicating whether a random rotation follows the analysis.</summary>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public bool RandomRotation
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_PCAMatrix_random_rotation(transform.Pointer) != 0;
        }
    }

    /// <summary>Gets or sets the number of bins of similar variance into which the components are sorted; it must divide dₒᵤₜ; 0 for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or does not divide <see cref="VectorTransform.OutputDimension"/>.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.13.0.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public int BalancedBins
    {
        get
        {
            BalancedBinsFunction.Require();
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_PCAMatrix_balanced_bins(transform.Pointer);
        }

        set
        {
            CheckBins(value);
            BalancedBinsFunction.Require();
            using var transform = Handle.AcquireAnytime(this);
            FaissNative.faiss_PCAMatrix_set_balanced_bins(transform.Pointer, value);
        }
    }

    private void CheckBins(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        if (value != 0 && OutputDimension % value != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, $"The number of bins must divide {OutputDimension}.");
        }
    }

    private static VectorTransformHandle New(int inputDimension, int outputDimension, float eigenPower, bool randomRotation)
    {
        CheckDimensions(inputDimension, outputDimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputDimension, inputDimension);
        if (!float.IsFinite(eigenPower))
        {
            throw new ArgumentOutOfRangeException(nameof(eigenPower), eigenPower, "The power must be finite.");
        }

        FaissVectorTransform* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_PCAMatrix_new_with(&created, inputDimension, outputDimension, eigenPower, randomRotation ? 1 : 0));
        return new VectorTransformHandle(created, &FaissNative.faiss_PCAMatrix_free);
    }
}
