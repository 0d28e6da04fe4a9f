using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Residuals: differences from stored vectors.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Computes the residual of a vector: x − x(id).</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="vector">The vector x (d).</param>
    /// <param name="id">The id of the vector that is subtracted.</param>
    /// <param name="residual">Receives the difference (d).</param>
    /// <exception cref="ArgumentException">A length is not d.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not the id of a vector.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), or the library cannot restore what decoding needs.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of this id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ComputeResidual(ReadOnlySpan<float> vector, long id, Span<float> residual)
    {
        using var index = Handle.Acquire(this);
        VectorShape.CheckLength(vector.Length, Dimension, nameof(vector));
        VectorShape.CheckLength(residual.Length, Dimension, nameof(residual));
        VectorShape.CheckDisjoint<float, float>(vector, residual, nameof(residual));
        CheckReconstruction();
        CheckId(index.Pointer, id, nameof(id));
        fixed (float* x = vector, r = residual)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_compute_residual(index.Pointer, x, r, id), ErrorAdvice.MakeDirectMap);
        }
    }

    /// <summary>Computes the residuals of vectors: xᵢ − x(idᵢ).</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors that are subtracted (n).</param>
    /// <param name="residuals">Receives the differences, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not the id of a vector.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), or the library cannot restore what decoding needs.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of an id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ComputeResiduals(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, Span<float> residuals)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        VectorShape.CheckLength(ids.Length, count, nameof(ids));
        VectorShape.CheckLength(residuals.Length, vectors.Length, nameof(residuals));
        VectorShape.CheckDisjoint<float, float>(vectors, residuals, nameof(residuals));
        VectorShape.CheckDisjoint<long, float>(ids, residuals, nameof(residuals));
        CheckReconstruction();
        foreach (var id in ids)
        {
            CheckId(index.Pointer, id, nameof(ids));
        }

        if (count == 0)
        {
            return;
        }

        fixed (float* x = vectors, r = residuals)
        fixed (long* keys = ids)
        {
            if (ComputesResidualsInOrder || !KnownDefects.ExceptionsInParallelLoops.IsPresent)
            {
                Status.ThrowIfFailed(FaissNative.faiss_Index_compute_residual_n(index.Pointer, count, x, r, keys));
                return;
            }

            for (var i = 0; i < count; i++)
            {
                var offset = (long)i * Dimension;
                Status.ThrowIfFailed(FaissNative.faiss_Index_compute_residual(index.Pointer, x + offset, r + offset, keys[i]), ErrorAdvice.MakeDirectMap);
            }
        }
    }

    /// <summary>Gets a value indicating whether <c>compute_residual_n</c> visits the vectors in order, on the calling thread.</summary>
    private protected virtual bool ComputesResidualsInOrder => false;
}
