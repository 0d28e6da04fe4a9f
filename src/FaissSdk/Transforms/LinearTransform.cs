using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a transform y = A·x + b, where A is dₒᵤₜ × dᵢₙ (FAISS: <c>LinearTransform</c>).</summary>
public unsafe class LinearTransform : VectorTransform
{
    private static readonly OptionalFunction SetMatrixFunction = new(nameof(FaissNative.faiss_sdk_set_matrix), "Setting the matrix of a transform");

    internal LinearTransform(VectorTransformHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets a value indicating whether b is added.</summary>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public bool HasBias
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_LinearTransform_have_bias(transform.Pointer) != 0;
        }
    }

    /// <summary>Gets a value indicating whether A·Aᵀ is known to be the identity, so that Aᵀ reverses the transform.</summary>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public bool IsOrthonormal
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_LinearTransform_is_orthonormal(transform.Pointer) != 0;
        }
    }

    /// <summary>Determines whether A·Aᵀ is the identity, to 4·10⁻⁵ in every component.</summary>
    /// <remarks>Requires exclusive access: if another call on the same object is running, the later call throws an <see cref="InvalidOperationException"/>.</remarks>
    /// <returns>The new value of <see cref="IsOrthonormal"/>.</returns>
    /// <exception cref="InvalidOperationException">The transform is not trained.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public bool DetermineOrthonormality()
    {
        using var transform = Handle.AcquirePartToChange(this);
        CheckTrained(transform.Pointer);
        FaissNative.faiss_LinearTransform_set_is_orthonormal(transform.Pointer);
        return IsOrthonormal;
    }

    /// <summary>Applies the transpose: x = Aᵀ·(y − b).</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="transformed">The vectors y, row-major (n × dₒᵤₜ).</param>
    /// <param name="vectors">Receives the vectors x, row-major (n × dᵢₙ).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    /// <exception cref="InvalidOperationException">The transform is not trained.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public void TransformTranspose(ReadOnlySpan<float> transformed, Span<float> vectors)
    {
        using var transform = Handle.Acquire(this);
        var count = CountTransformed(transform.Pointer, transformed, vectors);
        if (count == 0)
        {
            return;
        }

        fixed (float* y = transformed, x = vectors)
        {
            FaissNative.faiss_LinearTransform_transform_transpose(transform.Pointer, count, y, x);
        }
    }

    /// <summary>Sets A and b, such as those of another program, instead of training; <see cref="IsOrthonormal"/> is determined anew.</summary>
    /// <remarks>Requires exclusive access: if another call on the same object is running, the later call throws an <see cref="InvalidOperationException"/>.</remarks>
    /// <param name="matrix">The matrix A, row-major (dₒᵤₜ × dᵢₙ).</param>
    /// <param name="bias">The bias b (dₒᵤₜ), or empty for none.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or a component is not finite.</exception>
    /// <exception cref="InvalidOperationException">An index contains the transform.</exception>
    /// <exception cref="NotSupportedException">The loaded library lacks the function.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public void SetMatrix(ReadOnlySpan<float> matrix, ReadOnlySpan<float> bias = default)
    {
        SetMatrixFunction.Require();
        using var transform = Handle.AcquireToChange(this);
        VectorShape.CheckLength(matrix.Length, (long)OutputDimension * InputDimension, nameof(matrix));
        VectorValues.CheckFinite(matrix, InputDimension, nameof(matrix));
        if (!bias.IsEmpty)
        {
            VectorShape.CheckLength(bias.Length, OutputDimension, nameof(bias));
            VectorValues.CheckFinite(bias, OutputDimension, nameof(bias));
        }

        fixed (float* a = matrix, b = bias)
        {
            Status.ThrowIfFailed(FaissNative.faiss_sdk_set_matrix(transform.Pointer, a, b));
        }

        MatrixChanged();
    }

    /// <summary>Takes note of a matrix that was set.</summary>
    private protected virtual void MatrixChanged()
    {
    }

    private protected override bool IsReversible(FaissVectorTransform* transform) => FaissNative.faiss_LinearTransform_is_orthonormal(transform) != 0;
}
