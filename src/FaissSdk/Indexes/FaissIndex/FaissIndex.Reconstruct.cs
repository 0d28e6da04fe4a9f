using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Reconstructs vectors by their ids.</content>
public abstract unsafe partial class FaissIndex
{
    private static readonly OptionalFunction ReconstructFunction = new(nameof(FaissNative.faiss_sdk_reconstruct));
    private static readonly OptionalFunction SearchAndReconstructFunction = new(nameof(FaissNative.faiss_sdk_search_and_reconstruct));

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
            Status.ThrowIfFailed(FaissNative.faiss_Index_reconstruct(index.Pointer, id, v), ErrorAdvice.MakeDirectMap);
        }
    }

    /// <summary>Reconstructs a vector if the index holds one of an id; approximately if the index compresses.</summary>
    /// <remarks>May run concurrently with other calls that only read. Inverted lists need <see cref="MakeDirectMap(bool)"/> first.</remarks>
    /// <param name="id">The id; any number.</param>
    /// <param name="vector">Receives the vector (d); unchanged if there is none.</param>
    /// <returns><see langword="true"/> if the index holds a vector of this id; otherwise, <see langword="false"/>.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="vector"/> is not d.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), or the library cannot restore what decoding needs, or, for an index that looks ids up, is not from a FaissSdk package.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or needs a direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool TryReconstruct(long id, Span<float> vector)
    {
        using var index = Handle.Acquire(this);
        VectorShape.CheckLength(vector.Length, Dimension, nameof(vector));
        CheckReconstruction();
        if (!ReconstructFunction.IsPresent)
        {
            if (id < 0 || (!Parts.LooksUpIds && id >= FaissNative.faiss_Index_ntotal(index.Pointer)))
            {
                return false;
            }

            if (Parts.LooksUpIds)
            {
                ReconstructFunction.Require();
            }
        }

        return ReconstructUntilAbsent(index.Pointer, [id], vector) < 0;
    }

    /// <summary>Reconstructs the vectors of many ids; approximately if the index compresses.</summary>
    /// <remarks>May run concurrently with other calls that only read. Inverted lists need <see cref="MakeDirectMap(bool)"/> first.</remarks>
    /// <param name="ids">The ids (n), in any order.</param>
    /// <returns>The vectors, row-major (n × d), in the order of the ids.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is not the id of a vector; the message contains its position.</exception>
    /// <exception cref="ArgumentException">n × d is more than an array can hold.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), or the library cannot restore what decoding needs.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or needs a direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] Reconstruct(ReadOnlySpan<long> ids)
    {
        var vectors = new float[VectorShape.ArrayLength(ids.Length, Dimension, nameof(ids))];
        Reconstruct(ids, vectors);
        return vectors;
    }

    /// <summary>Reconstructs the vectors of many ids; approximately if the index compresses.</summary>
    /// <remarks>May run concurrently with other calls that only read. Inverted lists need <see cref="MakeDirectMap(bool)"/> first.</remarks>
    /// <param name="ids">The ids (n), in any order.</param>
    /// <param name="vectors">Receives the vectors, row-major (n × d), in the order of the ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not the id of a vector; the message contains its position.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="vectors"/> is not n × d, or the spans overlap.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), or the library cannot restore what decoding needs.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or needs a direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reconstruct(ReadOnlySpan<long> ids, Span<float> vectors)
    {
        using var index = Handle.Acquire(this);
        VectorShape.CheckLength(vectors.Length, (long)ids.Length * Dimension, nameof(vectors));
        VectorShape.CheckDisjoint<long, float>(ids, vectors, nameof(vectors));
        VectorIds.CheckNotNegative(ids, nameof(ids));
        CheckReconstruction();
        if (!ids.IsEmpty)
        {
            ReconstructCore(index.Pointer, ids, vectors);
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
                Status.ThrowIfFailed(FaissNative.faiss_Index_reconstruct(index.Pointer, first + i, v + ((long)i * Dimension)), ErrorAdvice.MakeDirectMap);
            }
        }
    }

    private void ReconstructCore(NativeIndex* index, ReadOnlySpan<long> ids, Span<float> vectors)
    {
        if (ReconstructUntilAbsent(index, ids, vectors) is >= 0 and var absent)
        {
            throw Absent(ids, absent);
        }
    }

    /// <summary>Reconstructs vectors by their ids, and returns the position of the first id that the index does not hold, or −1.</summary>
    private int ReconstructUntilAbsent(NativeIndex* index, ReadOnlySpan<long> ids, Span<float> vectors)
    {
        fixed (long* keys = ids)
        fixed (float* x = vectors)
        {
            if (ReconstructFunction.IsPresent)
            {
                long absent = -1;
                Status.ThrowIfFailed(FaissNative.faiss_sdk_reconstruct(index, ids.Length, keys, x, &absent), ErrorAdvice.MakeDirectMap);
                return (int)absent;
            }

            var end = KnownDefects.ReconstructWithoutBounds.IsPresent && !Parts.LooksUpIds ? FaissNative.faiss_Index_ntotal(index) : long.MaxValue;
            for (var i = 0; i < ids.Length; i++)
            {
                if (keys[i] >= end)
                {
                    return i;
                }

                Status.ThrowIfFailed(FaissNative.faiss_Index_reconstruct(index, keys[i], x + ((long)i * Dimension)), ErrorAdvice.MakeDirectMap);
            }

            return -1;
        }
    }

    private static ArgumentOutOfRangeException Absent(ReadOnlySpan<long> ids, int position) =>
        new(nameof(ids), ids[position], $"ids has {ids[position]} at position {position}, and the index holds no vector of this id.");

    /// <summary>Gets a value indicating whether <c>reconstruct_n</c> visits the vectors in order, on the calling thread.</summary>
    private protected virtual bool ReconstructsInOrder => false;

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
