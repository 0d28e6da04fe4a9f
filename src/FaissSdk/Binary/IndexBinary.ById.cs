namespace FaissSdk;

/// <content>Vectors by many ids.</content>
public abstract unsafe partial class IndexBinary
{
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
}
