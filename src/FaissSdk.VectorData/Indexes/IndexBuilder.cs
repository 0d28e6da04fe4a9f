using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Builds an index from the vectors in the database, in blocks.</summary>
/// <remarks>The vectors of an id never change, so the blocks need no common transaction. Vectors that are deleted during the build are masked.</remarks>
internal sealed class IndexBuilder(Database database, VectorColumn column, long collectionId)
{
    private const int BlockBytes = 8 << 20;

    // FAISS uses at most 256 vectors per centroid; 64 give lists as balanced, in a quarter of the memory.
    private const int TrainingPerList = 64;
    private const int MinTraining = 16_384;

    // Of 200,000 vectors in 200 clusters, searches find 98 % with FAISS's 40, and more than 99 % with 80, which take a fifth more time.
    private const int CandidatesOfLinks = 80;

    // Graphs and encoders take long per vector, and a build can be canceled only between two blocks.
    private const int SlowRows = 512;

    private readonly int _maxRows = Math.Max(1, BlockBytes / sizeof(float) / column.Dimension);

    /// <summary>Builds an index of the vectors up to an id.</summary>
    /// <param name="live">The live ids, in ascending order.</param>
    /// <param name="lastId">The greatest id of the collection.</param>
    /// <param name="progress">Receives the number of vectors that were added.</param>
    /// <param name="cancellationToken">Cancels the build.</param>
    public SealedIndex Build(long[] live, long lastId, IProgress<long> progress, CancellationToken cancellationToken)
    {
        var factory = column.Settings.GetFactory(live.Length);
        var ids = new List<long>(live.Length);
        if (!FaissLibrary.IsAvailable)
        {
            var flat = new ManagedFlatIndex(column.Dimension, column.Metric.Type);
            AddAll(lastId, ids, _maxRows, flat.Add, progress, cancellationToken);
            return new ManagedIndex(flat, factory, [.. ids], lastId);
        }

        var index = FaissIndex.Create(column.Dimension, factory, column.Metric.Type);
        try
        {
            if (!index.IsTrained)
            {
                Train(index, factory, live, cancellationToken);
            }

            return AddAll(index, factory, ids, live.Length, lastId, progress, cancellationToken);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Adds the vectors up to an id to a copy of a graph, which is then an index of its own.</summary>
    /// <param name="copy">The copy, which the result owns; it is disposed if the call fails.</param>
    /// <param name="main">The index that was copied.</param>
    /// <param name="count">The number of vectors that the result will have.</param>
    /// <param name="lastId">The greatest id of the collection.</param>
    /// <param name="progress">Receives the number of vectors that the copy has.</param>
    /// <param name="cancellationToken">Cancels the additions.</param>
    public SealedIndex Grow(FaissIndex copy, SealedIndex main, long count, long lastId, IProgress<long> progress, CancellationToken cancellationToken)
    {
        try
        {
            return AddAll(copy, main.Factory, [.. main.Ids], count, lastId, progress, cancellationToken);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private delegate void Adder(ReadOnlySpan<float> vectors);

    private NativeIndex AddAll(FaissIndex index, string factory, List<long> ids, long count, long lastId, IProgress<long> progress, CancellationToken cancellationToken)
    {
        if (index is IndexHNSW graph)
        {
            graph.EfConstruction = CandidatesOfLinks;
        }

        // FAISS's arrays double when they are full, and the old one takes memory beside the new one. A library that is not from a
        // FaissSdk package cannot reserve.
        if (count > 0 && FaissLibrary.Supports("faiss_sdk_reserve"))
        {
            index.EnsureCapacity(count);
        }

        AddAll(lastId, ids, MaxRows(factory, count), index.Add, progress, cancellationToken);
        return new NativeIndex(index, column.Settings, factory, [.. ids], lastId);
    }

    private int MaxRows(string factory, long count)
    {
        var parts = factory.Split(',');
        return parts.Any(part => part.StartsWith("NSG", StringComparison.Ordinal)) ? checked((int)count) // FAISS builds these from all vectors at once.
            : parts.All(part => part is "Flat" or "SQ8" || part.StartsWith("IVF", StringComparison.Ordinal)) ? _maxRows
            : Math.Min(SlowRows, _maxRows);
    }

    private void AddAll(long lastId, List<long> ids, int blockRows, Adder add, IProgress<long> progress, CancellationToken cancellationToken)
    {
        using var block = new NativeFloats((long)blockRows * column.Dimension);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = ReadBlock(ids.Count == 0 ? 0 : ids[^1], lastId, block, blockRows, ids);
            if (rows == 0)
            {
                return;
            }

            add(block.Slice(0, checked(rows * column.Dimension)));
            progress.Report(ids.Count);
        }
    }

    private int ReadBlock(long after, long lastId, NativeFloats block, int blockRows, List<long> ids)
    {
        var connection = database.Rent();
        try
        {
            using var rows = connection.Prepare($"SELECT faiss_id, vector FROM {CollectionSchema.VectorTable(collectionId, column.Ordinal)} WHERE faiss_id > ? AND faiss_id <= ? ORDER BY faiss_id LIMIT ?");
            rows.Bind(1, after).Bind(2, lastId).Bind(3, blockRows);
            var count = 0;
            while (rows.Step())
            {
                column.Metric.Prepare(rows.GetVector(1), block.Slice((long)count * column.Dimension, column.Dimension));
                ids.Add(rows.GetInt64(0));
                count++;
            }

            return count;
        }
        finally
        {
            database.Return(connection);
        }
    }

    // Trains on a sample that is spread evenly over the ids.
    private void Train(FaissIndex index, string factory, long[] live, CancellationToken cancellationToken)
    {
        long wanted = Math.Min(live.Length, Math.Max(MinTraining, TrainingPerList * NativeIndex.CountLists(factory)));
        wanted = Math.Min(wanted, int.MaxValue / column.Dimension);
        using var sample = new NativeFloats(wanted * column.Dimension);
        index.Train(sample.Slice(0, ReadSample(live, wanted, sample) * column.Dimension), cancellationToken);
    }

    private int ReadSample(long[] live, long wanted, NativeFloats sample)
    {
        var connection = database.Rent();
        try
        {
            using var find = connection.Prepare($"SELECT vector FROM {CollectionSchema.VectorTable(collectionId, column.Ordinal)} WHERE faiss_id = ?");
            var count = 0;
            for (long i = 0; i < wanted; i++)
            {
                // A vector may have been deleted in the meantime.
                if (find.Bind(1, live[i * live.Length / wanted]).Step())
                {
                    column.Metric.Prepare(find.GetVector(0), sample.Slice((long)count++ * column.Dimension, column.Dimension));
                }

                find.Reset();
            }

            return count;
        }
        finally
        {
            database.Return(connection);
        }
    }
}
