using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Reconstructs vectors by their ids, and searches for them.</content>
public abstract unsafe partial class IndexBinary
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Reconstructs a vector that was added.</summary>
    /// <remarks>May run concurrently with other calls that only read. An index with inverted lists needs <see cref="IndexBinaryIVF.MakeDirectMap"/> first.</remarks>
    /// <param name="id">The id of the vector.</param>
    /// <returns>The vector (d / 8 bytes).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not the id of a vector.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of this id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Reconstruct(long id)
    {
        var vector = new byte[CodeSize];
        Reconstruct(id, vector);
        return vector;
    }

    /// <summary>Reconstructs a vector that was added.</summary>
    /// <remarks>May run concurrently with other calls that only read. An index with inverted lists needs <see cref="IndexBinaryIVF.MakeDirectMap"/> first.</remarks>
    /// <param name="id">The id of the vector.</param>
    /// <param name="vector">Receives the vector (d / 8 bytes).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not the id of a vector.</exception>
    /// <exception cref="ArgumentException"><paramref name="vector"/> is not of length d / 8.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of this id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reconstruct(long id, Span<byte> vector)
    {
        using var index = Handle.Acquire(this);
        VectorShape.CheckLength(vector.Length, CodeSize, nameof(vector));
        CheckIds(index.Pointer, id, 1, nameof(id));
        fixed (byte* v = vector)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_reconstruct(index.Pointer, id, v), ErrorAdvice.MakeDirectMap);
        }
    }

    /// <summary>Reconstructs vectors with consecutive ids.</summary>
    /// <remarks>May run concurrently with other calls that only read. An index with inverted lists scans its lists, so it needs no direct map if the ids are less than <see cref="Count"/>.</remarks>
    /// <param name="first">The first id.</param>
    /// <param name="count">The number of vectors, n.</param>
    /// <returns>The vectors, row-major (n × d / 8 bytes).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no such vectors, or they are too many for an array.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of an id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] ReconstructRange(long first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / CodeSize);
        using var index = Handle.Acquire(this);
        CheckIds(index.Pointer, first, count, nameof(first));
        var vectors = new byte[count * CodeSize];
        ReconstructRange(first, vectors);
        return vectors;
    }

    /// <summary>Reconstructs vectors with consecutive ids.</summary>
    /// <remarks>May run concurrently with other calls that only read. An index with inverted lists scans its lists, so it needs no direct map if the ids are less than <see cref="Count"/>.</remarks>
    /// <param name="first">The first id.</param>
    /// <param name="vectors">Receives the vectors, row-major (n × d / 8 bytes); its length gives n.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such vectors.</exception>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of an id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ReconstructRange(long first, Span<byte> vectors)
    {
        using var index = Handle.Acquire(this);
        var count = CountCodes(vectors, nameof(vectors));
        CheckIds(index.Pointer, first, count, nameof(first));
        if (Parts.HoldsLists && KnownDefects.BinaryReconstructStride.IsPresent)
        {
            ReconstructFromLists(index.Pointer, first, vectors);
            return;
        }

        // In some versions, FAISS's base-class function for several vectors has the same defect.
        fixed (byte* v = vectors)
        {
            for (var i = 0; i < count; i++)
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_reconstruct(index.Pointer, first + i, v + ((long)i * CodeSize)), ErrorAdvice.MakeDirectMap);
            }
        }
    }

    /// <summary>Reconstructs the vectors of many ids.</summary>
    /// <remarks>May run concurrently with other calls that only read. An index with inverted lists needs <see cref="IndexBinaryIVF.MakeDirectMap"/> first.</remarks>
    /// <param name="ids">The ids (n), in any order.</param>
    /// <returns>The vectors, row-major (n × d / 8 bytes), in the order of the ids.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative, or not the id of a vector where ids are positions.</exception>
    /// <exception cref="ArgumentException">n × d / 8 is more than an array can hold.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of an id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Reconstruct(ReadOnlySpan<long> ids)
    {
        using var index = Handle.Acquire(this);
        var vectors = new byte[VectorShape.ArrayLength(ids.Length, CodeSize, nameof(ids))];
        for (var i = 0; i < ids.Length; i++)
        {
            CheckIds(index.Pointer, ids[i], 1, nameof(ids));
            Reconstruct(ids[i], vectors.AsSpan(i * CodeSize, CodeSize));
        }

        return vectors;
    }

    /// <summary>Finds the k vectors nearest to each of some vectors of the index, without these themselves.</summary>
    /// <remarks>May run concurrently with other calls that only read. An index with inverted lists needs <see cref="IndexBinaryIVF.MakeDirectMap"/> first.</remarks>
    /// <param name="ids">The ids of the vectors (n).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <returns>Ids and Hamming distances (n × k).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative; or an id is negative, or not the id of a vector where ids are positions.</exception>
    /// <exception cref="ArgumentException">n × (k + 1) or n × d / 8 is more than an array can hold.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or holds no vector of an id.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public BinarySearchResult SearchById(ReadOnlySpan<long> ids, int k)
    {
        using var index = Handle.Acquire(this);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        VectorShape.ArrayLength(ids.Length, k + 1L, nameof(k));
        var (distances, found) = (new int[ids.Length * k], new long[ids.Length * k]);
        if (!ids.IsEmpty)
        {
            var all = Search(Reconstruct(ids), k + 1);
            StoredQueries.LeaveOut(ids, k, all.Ids, all.Distances, found, distances);
        }

        return new BinarySearchResult(k, distances, found);
    }

    // FAISS treats every id as a position, except in kinds that look ids up.
    private void CheckIds(FaissIndexBinary* index, long first, int count, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, (Parts.LooksUpIds ? long.MaxValue : FaissNative.faiss_IndexBinary_ntotal(index)) - count, parameter);
    }

    // FAISS takes d bytes for a vector and writes the first d / 8 of them; for an absent id it writes none. So reconstructing over
    // zeros and over ones gives different results only for an absent id.
    private void ReconstructFromLists(FaissIndexBinary* index, long first, Span<byte> vectors)
    {
        var block = Math.Max(1, BlockBytes / Dimension);
        for (var start = 0; start < vectors.Length / CodeSize; start += block)
        {
            var rows = Math.Min(block, (vectors.Length / CodeSize) - start);
            var (onZeros, onOnes) = (new byte[rows * (long)Dimension], new byte[rows * (long)Dimension]);
            Array.Fill(onOnes, byte.MaxValue);
            fixed (byte* zeros = onZeros, ones = onOnes)
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_reconstruct_n(index, first + start, rows, zeros));
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_reconstruct_n(index, first + start, rows, ones));
            }

            for (var i = 0; i < rows; i++)
            {
                var vector = onZeros.AsSpan(i * Dimension, CodeSize);
                if (!vector.SequenceEqual(onOnes.AsSpan(i * Dimension, CodeSize)))
                {
                    throw new ArgumentOutOfRangeException(nameof(first), first, $"There is no vector of id {first + start + i}.");
                }

                vector.CopyTo(vectors[((start + i) * CodeSize)..]);
            }
        }
    }
}
