using System.Buffers;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Vectors that are converted or gathered in blocks.</content>
public abstract unsafe partial class FaissIndex
{
    // 4 MB: large enough that FAISS's work on a block outweighs what it does once for each.
    private const int BlockComponents = 1 << 20;

    /// <summary>Trains the index on vectors, of which FAISS needs all at once.</summary>
    internal void TrainRows<TRows>(TRows rows)
        where TRows : IVectorRows, allows ref struct
    {
        var vectors = new float[VectorShape.ArrayLength(rows.Count, Dimension, "vectors")];
        rows.CopyTo(0, vectors);
        Train(vectors);
    }

    /// <summary>Adds vectors in blocks, as one call: all vectors are checked before the first is added, and no other call comes between.</summary>
    /// <param name="rows">The vectors (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), if the caller chooses them.</param>
    /// <param name="choosesIds">Whether the caller chooses ids.</param>
    internal void AddRows<TRows>(TRows rows, ReadOnlySpan<long> ids = default, bool choosesIds = false)
        where TRows : IVectorRows, allows ref struct
    {
        using var index = Handle.AcquireToChange(this);
        var count = rows.Count;
        if (choosesIds)
        {
            VectorShape.CheckLength(ids.Length, count, nameof(ids));
            CheckIds(ids);
        }

        CheckChangeable(index.Pointer);
        CheckQuantizersFindLists();
        if (count == 0)
        {
            return;
        }

        var block = TakesAllAtOnce ? count : RowsPerBlock(count);
        var buffer = ArrayPool<float>.Shared.Rent(VectorShape.ArrayLength(block, Dimension, "vectors"));
        try
        {
            for (var first = 0; first < count; first += block)
            {
                CheckFinite(Block(rows, first, Math.Min(block, count - first), buffer), first, count);
            }

            using var call = ObservedCall.Start("add", this, count);
            for (var first = 0; first < count; first += block)
            {
                var n = Math.Min(block, count - first);
                var vectors = count > block ? Block(rows, first, n, buffer) : buffer.AsSpan(0, n * Dimension);
                AddBlock(index.Pointer, vectors, choosesIds ? ids.Slice(first, n) : default, choosesIds);
            }

            CompleteGraphs(Parts.Graphs);
            call?.Succeed();
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Searches in blocks of queries.</summary>
    internal SearchResult SearchRows<TRows>(TRows rows, int k, SearchParameters? parameters)
        where TRows : IVectorRows, allows ref struct
    {
        // A call that changes the index between the blocks is in conflict with this one.
        using var index = Handle.Acquire(this);
        var count = rows.Count;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var size = VectorShape.ArrayLength(count, k, "queries");
        var (distances, ids) = (new float[size], new long[size]);
        var block = RowsPerBlock(count);
        var buffer = ArrayPool<float>.Shared.Rent(block * Dimension);
        try
        {
            for (var first = 0; first < count; first += block)
            {
                var n = Math.Min(block, count - first);
                var queries = Block(rows, first, n, buffer);
                CheckQueriesFrom(first, queries);
                var foundDistances = distances.AsSpan(first * k, n * k);
                var foundIds = ids.AsSpan(first * k, n * k);
                SearchWith(queries, k, parameters, foundDistances, foundIds);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }

        return new SearchResult(k, distances, ids);
    }

    /// <summary>Gets a value indicating whether all vectors have to be added in one call: an NSG graph is built of them, and shards with successive ids take no more once they hold some.</summary>
    private bool TakesAllAtOnce => Parts.Graphs.Count > 0 || Parts.HoldsShards;

    private int RowsPerBlock(int count) => Math.Min(Math.Max(1, BlockComponents / Dimension), Math.Max(1, count));

    private Span<float> Block<TRows>(TRows rows, int first, int count, float[] buffer)
        where TRows : IVectorRows, allows ref struct
    {
        var block = buffer.AsSpan(0, count * Dimension);
        rows.CopyTo(first, block);
        return block;
    }

    private void AddBlock(NativeIndex* index, ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, bool choosesIds)
    {
        PrepareGraphs(vectors);
        var count = vectors.Length / Dimension;
        fixed (float* x = vectors)
        fixed (long* xids = ids)
        {
            using var settings = Handle.ReadSettings(ReadsSettingsTwice);
            if (choosesIds)
            {
                AddCore(index, count, x, xids);
            }
            else
            {
                AddCore(index, count, x, null);
            }
        }

        Memory.Add(count);
    }

    // The search itself numbers the queries of a block from 0 on.
    private void CheckQueriesFrom(int first, ReadOnlySpan<float> queries)
    {
        if (first > 0)
        {
            CheckQueries(queries, first);
        }
    }
}
