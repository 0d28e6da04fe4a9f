using System.Globalization;
using System.Numerics.Tensors;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a principal component analysis: projects vectors on the directions of greatest variance (Pearson 1901, Hotelling 1933; FAISS: <c>PCAMatrix</c>).</summary>
public sealed unsafe class PCAMatrix : LinearTransform
{
    // FAISS looks for a bin with less than 1e30; half of that leaves room for its rounding.
    private const double MaxBin = 5e29;

    private static readonly OptionalFunction BalancedBinsFunction = new(nameof(FaissNative.faiss_PCAMatrix_balanced_bins));

    private bool _mayHoldComponents;
    private bool _isSet;
    private volatile bool _isKnownToBeFinite;

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
        : base(handle) => _mayHoldComponents = true;

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
    /// <exception cref="InvalidOperationException">The value is not 0, and there is a <see cref="RandomRotation"/>, which spreads the variance already.</exception>
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

        if (value != 0 && RandomRotation)
        {
            throw new InvalidOperationException($"This {nameof(PCAMatrix)} has a random rotation, which spreads the variance already: leave out one of the two.");
        }
    }

    /// <summary>Throws if FAISS finds no bin for a component: it takes those that hold 1e30 for full, and writes outside of its arrays.</summary>
    /// <param name="transform">The analysis.</param>
    /// <param name="vectors">The training vectors.</param>
    /// <param name="name">The name of the argument.</param>
    /// <param name="gain">By how much other transforms can lengthen the vectors first.</param>
    internal static void CheckBalance(FaissVectorTransform* transform, ReadOnlySpan<float> vectors, string name, double gain = 1)
    {
        if (!KnownDefects.FullBins.IsPresent || !BalancedBinsFunction.IsPresent || FaissNative.faiss_PCAMatrix_balanced_bins(transform) == 0)
        {
            return;
        }

        // The bins hold the sums of squares along the components, no more than the squared lengths of all vectors.
        var sum = 0.0;
        foreach (var component in vectors)
        {
            sum += (double)component * component;
        }

        if (sum * gain * gain >= MaxBin)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} have a sum of squares of {sum:G3}, and FAISS balances bins of less than 1e30 only; scale the data down, or set {nameof(BalancedBins)} to 0."), name);
        }
    }

    /// <summary>Throws if there are too few vectors for as many components: FAISS would leave some for the next training.</summary>
    internal static void CheckCount(int count, int inputDimension, int outputDimension)
    {
        if (count < Math.Min(inputDimension, outputDimension) && KnownDefects.AddedComponents.IsPresent)
        {
            throw new FaissException($"{count} vectors have no more than {count} principal components, and {outputDimension} are to be found: train on {outputDimension} vectors or more.");
        }
    }

    /// <summary>Checks whether FAISS would find bins for the components, and would not add them to those of a training before.</summary>
    private protected override void CheckTrainable(FaissVectorTransform* transform, ReadOnlySpan<float> vectors)
    {
        CheckBalance(transform, vectors, nameof(vectors));
        CheckCount(vectors.Length / InputDimension, InputDimension, OutputDimension);

        // An index may have trained the transform.
        var mayHoldComponents = _mayHoldComponents || (!_isSet && FaissNative.faiss_VectorTransform_is_trained(transform) != 0);
        if (mayHoldComponents && vectors.Length / InputDimension < InputDimension && KnownDefects.AddedComponents.IsPresent)
        {
            throw new InvalidOperationException(
                $"This {nameof(PCAMatrix)} was loaded or trained before, and FAISS {FaissLibrary.Info.Version} would mix its components with those of {vectors.Length / InputDimension} vectors, fewer than {InputDimension} components: create a new one, or train it on more vectors.");
        }

        // A training that fails can leave components as well.
        _mayHoldComponents = true;
    }

    private protected override void MatrixChanged() => (_isSet, _isKnownToBeFinite) = (true, true);

    private protected override void CheckResult(FaissVectorTransform* transform, string name)
    {
        _isKnownToBeFinite = false;
        if (HoldsOtherNumbers(transform))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"vectors differ too little, or too much, for components that are scaled by powers ({FaissNative.faiss_PCAMatrix_eigen_power(transform)}) of their variances, in single precision; scale them, take more of them than there are components, or leave whitening out."), name);
        }
    }

    internal override void CheckTrained(FaissVectorTransform* transform)
    {
        base.CheckTrained(transform);
        if (HoldsOtherNumbers(transform))
        {
            throw new InvalidOperationException($"This {nameof(PCAMatrix)} holds numbers that are not finite, since the vectors that it was trained on differ too little: train it on others.");
        }
    }

    /// <summary>Returns whether scaling has made numbers that are not finite, in this transform or in an index that has trained it.</summary>
    private bool HoldsOtherNumbers(FaissVectorTransform* transform)
    {
        if (!_isKnownToBeFinite)
        {
            _isKnownToBeFinite = !KnownDefects.OverflowingTransforms.IsPresent || FaissNative.faiss_PCAMatrix_eigen_power(transform) == 0 || IsFinite(transform);
        }

        return !_isKnownToBeFinite;
    }

    // Transforming tiny equal components adds up each row of the matrix and the bias, and finite numbers do not overflow: the result is finite exactly if all of them are.
    private bool IsFinite(FaissVectorTransform* transform)
    {
        var (tiny, sums) = (new float[InputDimension], new float[OutputDimension]);
        Array.Fill(tiny, 1e-30f);
        fixed (float* x = tiny, xt = sums)
        {
            FaissNative.faiss_VectorTransform_apply_noalloc(transform, 1, x, xt);
        }

        return TensorPrimitives.IsFiniteAll(sums);
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
