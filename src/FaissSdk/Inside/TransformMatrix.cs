using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents the matrix A (dₒᵤₜ × dᵢₙ) and the bias b (dₒᵤₜ) of a linear transform y = A·x + b, such as PCA, OPQ or a rotation.</summary>
public sealed unsafe class TransformMatrix
{
    private static readonly OptionalFunction MatrixFunction = new(nameof(FaissNative.faiss_sdk_matrix), "Reading the matrix of a transform");

    private TransformMatrix(FaissVectorTransform* transform)
    {
        InputDimension = FaissNative.faiss_VectorTransform_d_in(transform);
        OutputDimension = FaissNative.faiss_VectorTransform_d_out(transform);
        nuint size = 0, biasSize = 0;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_matrix(transform, null, null, &size, &biasSize));
        var (matrix, bias) = (new float[size], new float[biasSize]);
        fixed (float* a = matrix, b = bias)
        {
            Status.ThrowIfFailed(FaissNative.faiss_sdk_matrix(transform, a, b, &size, &biasSize));
        }

        (Matrix, Bias) = (matrix, bias);
    }

    /// <summary>Gets the number of components of a vector, dᵢₙ.</summary>
    public int InputDimension { get; }

    /// <summary>Gets the number of components of a transformed vector, dₒᵤₜ.</summary>
    public int OutputDimension { get; }

    /// <summary>Gets the matrix, row-major (dₒᵤₜ × dᵢₙ).</summary>
    public ReadOnlyMemory<float> Matrix { get; }

    /// <summary>Gets the bias (dₒᵤₜ), empty if none is added.</summary>
    public ReadOnlyMemory<float> Bias { get; }

    /// <summary>Copies the matrices of all linear transforms of an index, in the order in which vectors pass them.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="index">The index.</param>
    /// <returns>The matrices, none for an index without linear transforms.</returns>
    /// <exception cref="InvalidOperationException">A transform is not trained.</exception>
    /// <exception cref="NotSupportedException">The loaded library lacks the function.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static IReadOnlyList<TransformMatrix> AllOf(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        MatrixFunction.Require();
        using var lease = index.Handle.Acquire(index);
        var found = new List<TransformMatrix>();
        foreach (var part in NativeParts.Of(lease.Pointer).Holders.SelectMany(holder => holder.Parts).Where(part => part.IsTransform && part.Facts.ContainsKey("orthonormal")))
        {
            found.Add(part.IsTrained ? new TransformMatrix((FaissVectorTransform*)part.Object)
                : throw new InvalidOperationException($"The {part.Class} of this {index.GetType().Name} is not trained: call {nameof(FaissIndex.Train)} first."));
        }

        return found;
    }

    /// <summary>Copies the matrix of a transform that its caller has acquired, and that is trained.</summary>
    internal static TransformMatrix Of(FaissVectorTransform* transform)
    {
        MatrixFunction.Require();
        return new TransformMatrix(transform);
    }
}
