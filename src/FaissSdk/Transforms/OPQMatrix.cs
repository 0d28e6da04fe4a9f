using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a rotation optimized for a product quantizer: optimized product quantization (Ge et al. 2013; FAISS: <c>OPQMatrix</c>).</summary>
public sealed unsafe class OPQMatrix : LinearTransform
{
    /// <summary>Initializes an untrained rotation, whose training needs at least 256 vectors.</summary>
    /// <param name="inputDimension">The number of components of an input vector, dᵢₙ.</param>
    /// <param name="subquantizers">The number of sub-vectors of the product quantizer, M, which divides dₒᵤₜ.</param>
    /// <param name="outputDimension">The number of components of an output vector, dₒᵤₜ; <see langword="null"/> for dᵢₙ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is 0 or negative, or <paramref name="subquantizers"/> does not divide dₒᵤₜ.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public OPQMatrix(int inputDimension, int subquantizers, int? outputDimension = null)
        : base(New(inputDimension, subquantizers, outputDimension ?? inputDimension))
    {
    }

    internal OPQMatrix(VectorTransformHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets or sets a value indicating whether training prints its progress, to the listeners of <see cref="FaissDiagnostics.MessagePrinted"/> or, without one, to <see cref="Console.Out"/>.</summary>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public bool Verbose
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_OPQMatrix_verbose(transform.Pointer) != 0;
        }

        set
        {
            using var transform = Handle.AcquireAnytime(this);
            PrintedMessages.ShowReports(value);
            FaissNative.faiss_OPQMatrix_set_verbose(transform.Pointer, value ? 1 : 0);
        }
    }

    /// <summary>Gets or sets the number of iterations (FAISS: <c>niter</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or negative.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public int Iterations
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_OPQMatrix_niter(transform.Pointer);
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            using var transform = Handle.AcquireAnytime(this);
            FaissNative.faiss_OPQMatrix_set_niter(transform.Pointer, value);
        }
    }

    /// <summary>Gets or sets the number of k-means iterations per iteration of training (FAISS: <c>niter_pq</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or negative.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public int QuantizerIterations
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_OPQMatrix_niter_pq(transform.Pointer);
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            using var transform = Handle.AcquireAnytime(this);
            FaissNative.faiss_OPQMatrix_set_niter_pq(transform.Pointer, value);
        }
    }

    private static VectorTransformHandle New(int inputDimension, int subquantizers, int outputDimension)
    {
        CheckDimensions(inputDimension, outputDimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(subquantizers);
        if (outputDimension % subquantizers != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(subquantizers), subquantizers, $"The number of sub-quantizers must divide the output dimension {outputDimension}.");
        }

        FaissVectorTransform* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_OPQMatrix_new_with(&created, inputDimension, subquantizers, outputDimension));
        return new VectorTransformHandle(created, &FaissNative.faiss_OPQMatrix_free);
    }
}
