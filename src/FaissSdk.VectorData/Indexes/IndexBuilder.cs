using System.Buffers;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Builds an index from the vectors in the database, in blocks.</summary>
/// <remarks>The vectors of an id never change, so the blocks need no common transaction. Vectors that are deleted during the building are masked.</remarks>
internal sealed class IndexBuilder(Database database, VectorColumn column, long collectionId)
{
    private const int BlockBytes = 8 << 20;

    // FAISS takes at most 256 vectors a centroid; 64 give lists as even, in a quarter of the memory.
    private const int TrainingPerList = 64;
    private const int LeastTraining = 16_384;

    // With FAISS's 40, graphs of vectors in clusters fall apart: of 200,000 in 384 dimensions, a search found no more than 88 %.
    private const int CandidatesOfLinks = 128;

    private readonly int _blockRows = Math.Max(1, BlockBytes / sizeof(float) / column.Dimension);

    /// <summary>Builds an index of the vectors up to an id.</summary>
    /// <param name="live">The ids that live, ascending.</param>
    /// <param name="lastId">The greatest id of the collection.</param>
    /// <param name="progress">Receives the number of vectors that were added.</param>
    /// <param name="cancellationToken">Stops the building.</param>
    public SealedIndex Build(long[] live, long lastId, IProgress<long> progress, CancellationToken cancellationToken)
    {
        string factory = column.Settings.GetFactory(live.Length);
        var ids = new List<long>(live.Length);
        if (!FaissLibrary.IsAvailable)
        {
            var flat = new ManagedFlatIndex(column.Dimension, column.Metric.Type);
            AddAll(lastId, ids, flat.Add, progress, cancellationToken);
            return new ManagedIndex(flat, factory, [.. ids], lastId);
        }

        FaissIndex index = FaissIndex.Create(column.Dimension, factory, column.Metric.Type);
        try
        {
            if (index is IndexHNSW graph)
            {
                graph.EfConstruction = CandidatesOfLinks;
            }

            if (!index.IsTrained)
            {
                index.Train(Sample(live), cancellationToken);
            }

            AddAll(lastId, ids, vectors => index.Add(vectors, null, cancellationToken), progress, cancellationToken);
            return new NativeIndex(index, column.Settings, factory, [.. ids], lastId);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    private delegate void Adder(ReadOnlySpan<float> vectors);

    private void AddAll(long lastId, List<long> ids, Adder add, IProgress<long> progress, CancellationToken cancellationToken)
    {
        float[] block = ArrayPool<float>.Shared.Rent(_blockRows * column.Dimension);
        try
        {
            long after = 0;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int rows = ReadBlock(after, lastId, block, ids);
                if (rows == 0)
                {
                    return;
                }

                after = ids[^1];
                add(block.AsSpan(0, rows * column.Dimension));
                progress.Report(ids.Count);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(block);
        }
    }

    private int ReadBlock(long after, long lastId, float[] block, List<long> ids)
    {
        var connection = database.Rent();
        try
        {
            using var rows = connection.Prepare($"SELECT faiss_id, vector FROM {CollectionSchema.VectorTable(collectionId, column.Ordinal)} WHERE faiss_id > ? AND faiss_id <= ? ORDER BY faiss_id LIMIT ?");
            rows.Bind(1, after).Bind(2, lastId).Bind(3, _blockRows);
            int count = 0;
            while (rows.Step())
            {
                column.Metric.Prepare(rows.GetVector(1), block.AsSpan(count * column.Dimension, column.Dimension));
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

    // Vectors at equal distances in the order of their ids.
    private float[] Sample(long[] live)
    {
        long wanted = Math.Min(live.Length, Math.Max(LeastTraining, TrainingPerList * (long)(4 * Math.Sqrt(live.Length))));
        var sample = new float[wanted * column.Dimension];
        var connection = database.Rent();
        try
        {
            using var find = connection.Prepare($"SELECT vector FROM {CollectionSchema.VectorTable(collectionId, column.Ordinal)} WHERE faiss_id = ?");
            int count = 0;
            for (long i = 0; i < wanted; i++)
            {
                // A vector may have been deleted in the meantime.
                if (find.Bind(1, live[i * live.Length / wanted]).Step())
                {
                    column.Metric.Prepare(find.GetVector(0), sample.AsSpan(count++ * column.Dimension, column.Dimension));
                }

                find.Reset();
            }

            return count == wanted ? sample : sample[..(count * column.Dimension)];
        }
        finally
        {
            database.Return(connection);
        }
    }
}
