using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Reconstruction and residuals.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Reconstructs a vector that was added; approximately if the index compresses.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="id">The id of the vector.</param>
    /// <returns>The vector (d).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not the id of a vector.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), or the library cannot restore what decoding needs.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of this id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] Reconstruct(long id)
    {
        var vector = new float[Dimension];
        Reconstruct(id, vector);
        return vector;
    }

    /// <summary>Reconstructs a vector that was added; approximately if the index compresses.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="id">The id of the vector.</param>
    /// <param name="vector">Receives the vector (d).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not the id of a vector.</exception>
    /// <exception cref="ArgumentException"><paramref name="vector"/> is not of length d.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), or the library cannot restore what decoding needs.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of this id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reconstruct(long id, Span<float> vector)
    {
        using var index = Handle.Acquire(this);
        VectorShape.CheckLength(vector.Length, Dimension, nameof(vector));
        CheckReconstruction();
        CheckId(index.Pointer, id, nameof(id));
        fixed (float* v = vector)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_reconstruct(index.Pointer, id, v), Cure.MakeDirectMap);
        }
    }

    /// <summary>Reconstructs vectors with consecutive ids; approximately if the index compresses.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="first">The first id.</param>
    /// <param name="count">The number of vectors, n.</param>
    /// <returns>The vectors, row-major (n × d).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no such vectors, or they are too many for an array.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), or the library cannot restore what decoding needs.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] ReconstructRange(long first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / Dimension);
        using (var index = Handle.Acquire(this))
        {
            ArgumentOutOfRangeException.ThrowIfNegative(first);
            CheckReconstructible(index.Pointer, first, count);
        }

        var vectors = new float[count * Dimension];
        ReconstructRange(first, vectors);
        return vectors;
    }

    /// <summary>Reconstructs vectors with consecutive ids; approximately if the index compresses.</summary>
    /// <remarks>May run concurrently with other calls that only read. An index with inverted lists returns NaN for an id that it does not contain.</remarks>
    /// <param name="first">The first id.</param>
    /// <param name="vectors">Receives the vectors, row-major (n × d); its length gives n.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such vectors.</exception>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), or the library cannot restore what decoding needs.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ReconstructRange(long first, Span<float> vectors)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors<float>(vectors, Dimension, nameof(vectors));
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        if (count == 0)
        {
            return;
        }

        CheckReconstruction();
        CheckReconstructible(index.Pointer, first, count);
        CheckHoldsNoDuplicates(index.Pointer, "Reconstructing vectors");
        vectors.Fill(float.NaN);
        fixed (float* v = vectors)
        {
            if (ReconstructsInOrder || !KnownDefects.ExceptionsInParallelLoops.IsPresent)
            {
                Status.ThrowIfFailed(FaissNative.faiss_Index_reconstruct_n(index.Pointer, first, count, v));
                return;
            }

            for (var i = 0; i < count; i++)
            {
                Status.ThrowIfFailed(FaissNative.faiss_Index_reconstruct(index.Pointer, first + i, v + ((long)i * Dimension)), Cure.MakeDirectMap);
            }
        }
    }

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
            Status.ThrowIfFailed(FaissNative.faiss_Index_compute_residual(index.Pointer, x, r, id), Cure.MakeDirectMap);
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
                Status.ThrowIfFailed(FaissNative.faiss_Index_compute_residual(index.Pointer, x + offset, r + offset, keys[i]), Cure.MakeDirectMap);
            }
        }
    }

    /// <summary>Gets a value indicating whether <c>reconstruct_n</c> visits the vectors in order, on the calling thread.</summary>
    private protected virtual bool ReconstructsInOrder => false;

    /// <summary>Gets a value indicating whether <c>compute_residual_n</c> visits the vectors in order, on the calling thread.</summary>
    private protected virtual bool ComputesResidualsInOrder => false;

    /// <summary>Gets a value indicating whether <c>reconstruct_n</c> knows ids less than the number of vectors only.</summary>
    private protected virtual bool IdsEndAtCount => !Parts.LooksUpIds;

    /// <summary>Throws if FAISS would reconstruct other vectors than those that were added, or end the process.</summary>
    private void CheckReconstruction()
    {
        if (Parts.ReconstructsWrongly)
        {
            throw new NotSupportedException("FAISS unpacks fast-scan codes wrongly if a block holds more than 32 vectors; create the index with blocks of 32 (PQ16x4fs_32) to reconstruct its vectors.");
        }

        CheckDecoders();
    }

    private void CheckDecoders()
    {
        if (KnownDefects.LostComponents.IsPresent && Parts.LosesComponents)
        {
            throw new NotSupportedException("The index encodes the first components of a vector only, one by each bit; create it with at least as many bits as components, or with a rotation, to reconstruct or decode vectors.");
        }

        if (Handle.LacksWhatLoadingOmits)
        {
            KnownDefects.LoadedFastScanDecoder.ThrowIfPresent(Parts.Decoders, "Decoding fast-scan lists from a file by a FAISS library that was not built with the SDK's functions");
            KnownDefects.OrthonormalFromFile.ThrowIfPresent(Parts.Decoders, "Reversing a transform from a file by a FAISS library that was not built with the SDK's functions");
        }
    }

    private void CheckReconstructible(NativeIndex* index, long first, int count)
    {
        if (IdsEndAtCount)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(first, FaissNative.faiss_Index_ntotal(index) - count);
        }
    }

    private void CheckId(NativeIndex* index, long id, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id, parameter);
        if (KnownDefects.ReconstructWithoutBounds.IsPresent && !Parts.LooksUpIds)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, FaissNative.faiss_Index_ntotal(index), parameter);
        }
    }
}
