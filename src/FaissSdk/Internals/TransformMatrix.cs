using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Shows the matrix A (dₒᵤₜ × dᵢₙ) and the bias b (dₒᵤₜ) of a linear transform y = A·x + b, such as PCA, OPQ or a rotation, in its memory.</summary>
/// <remarks>
/// Until it is disposed, the transform stays alive, and calls that change it, or the index that it is part of, throw an
/// <see cref="InvalidOperationException"/>. Do not use its spans afterwards.
/// </remarks>
public sealed unsafe class TransformMatrix : IDisposable
{
    private static readonly OptionalFunction MatrixFunction = new(nameof(FaissNative.faiss_sdk_transform_matrix), "Showing the matrix of a transform");

    private readonly NativeHandle.ReadLease _lease;
    private readonly FaissSdkMatrix _shown;

    private TransformMatrix(NativeHandle.ReadLease lease, FaissVectorTransform* transform)
    {
        FaissSdkMatrix shown;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_transform_matrix(transform, &shown));
        (_lease, _shown) = (lease, shown);
        InputDimension = FaissNative.faiss_VectorTransform_d_in(transform);
        OutputDimension = FaissNative.faiss_VectorTransform_d_out(transform);
    }

    /// <summary>Gets the number of components of a vector, dᵢₙ.</summary>
    public int InputDimension { get; }

    /// <summary>Gets the number of components of a transformed vector, dₒᵤₜ.</summary>
    public int OutputDimension { get; }

    /// <summary>Gets the matrix, row-major (dₒᵤₜ × dᵢₙ).</summary>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public ReadOnlySpan<float> Matrix => Show(_shown.values, _shown.size);

    /// <summary>Gets the bias (dₒᵤₜ), empty if none is added.</summary>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public ReadOnlySpan<float> Bias => Show(_shown.bias, _shown.bias_size);

    /// <summary>Shows the matrix of a transform.</summary>
    /// <param name="transform">The transform.</param>
    /// <returns>The matrix, to be disposed.</returns>
    /// <exception cref="InvalidOperationException">The transform is not trained, or a call of another thread changes it.</exception>
    /// <exception cref="NotSupportedException">The loaded library lacks the function.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public static TransformMatrix Of(LinearTransform transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        MatrixFunction.Require();
        var lease = transform.Handle.BeginLease(transform, nameof(TransformMatrix));
        try
        {
            var pointer = (FaissVectorTransform*)transform.Handle.DangerousGetHandle();
            transform.CheckTrained(pointer);
            return new TransformMatrix(lease, pointer);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Shows the matrices of all linear transforms of an index, in the order in which vectors pass them.</summary>
    /// <param name="index">The index.</param>
    /// <returns>The matrices, each to be disposed; none for an index without linear transforms.</returns>
    /// <exception cref="InvalidOperationException">A transform is not trained, or a call of another thread changes the index.</exception>
    /// <exception cref="NotSupportedException">The loaded library lacks the function.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static IReadOnlyList<TransformMatrix> AllOf(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        MatrixFunction.Require();
        using var reading = index.Handle.Acquire(index);
        var transforms = NativeParts.Of(reading.Pointer).VectorParts.SelectMany(inner => inner.Parts)
            .Where(part => part.IsTransform && part.Facts.ContainsKey("orthonormal")).ToList();
        if (transforms.Find(part => !part.IsTrained) is { } untrained)
        {
            throw new InvalidOperationException($"The {untrained.Class} of this {index.GetType().Name} is not trained: call {nameof(FaissIndex.Train)} first.");
        }

        return transforms.ConvertAll(part => new TransformMatrix(index.Handle.BeginLease(index, nameof(TransformMatrix)), (FaissVectorTransform*)part.Object));
    }

    /// <summary>Ends the use of the transform's memory.</summary>
    public void Dispose() => _lease.Dispose();

    private ReadOnlySpan<float> Show(float* values, nuint count)
    {
        _lease.Check(this);
        return new ReadOnlySpan<float>(values, checked((int)count));
    }
}
