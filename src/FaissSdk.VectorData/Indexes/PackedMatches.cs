using System.Buffers;
using FaissSdk.VectorData.Collections;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the vectors of all records that a filter matched, side by side, for searches that repeat the filter.</summary>
internal sealed class PackedMatches
{
    private const int BlockRows = 512;

    private readonly ManagedFlatIndex _vectors;
    private readonly long[] _ids;

    private PackedMatches(ManagedFlatIndex vectors, long[] ids) => (_vectors, _ids) = (vectors, ids);

    /// <summary>Reads the vectors of the ids.</summary>
    public static PackedMatches Read(ReadSession session, VectorColumn column, IEnumerable<long> ids, int count)
    {
        // Not disposed: searches may still use it when the cache drops it, and the garbage collector knows when they have ended.
        var vectors = new ManagedFlatIndex(column.Dimension, column.Metric.Type);
        var found = new List<long>(count);
        var block = ArrayPool<float>.Shared.Rent(BlockRows * column.Dimension);
        using var find = session.Connection.Prepare($"SELECT vector FROM {CollectionSchema.VectorTable(session.State.CollectionId, column.Ordinal)} WHERE faiss_id = ?");
        var rows = 0;
        foreach (var id in ids)
        {
            if (find.Bind(1, id).Step())
            {
                column.Metric.Prepare(find.GetVector(0), block.AsSpan(rows++ * column.Dimension, column.Dimension));
                found.Add(id);
            }

            find.Reset();
            if (rows == BlockRows)
            {
                vectors.Add(block.AsSpan(0, rows * column.Dimension));
                rows = 0;
            }
        }

        vectors.Add(block.AsSpan(0, rows * column.Dimension));
        ArrayPool<float>.Shared.Return(block);
        return new PackedMatches(vectors, [.. found]);
    }

    /// <summary>Compares a prepared query with all vectors, on all processors.</summary>
    public void Search(ReadOnlySpan<float> query, int k, TopResults results)
    {
        k = Math.Min(k, _ids.Length);
        if (k == 0)
        {
            return;
        }

        var values = ArrayPool<float>.Shared.Rent(k);
        var positions = ArrayPool<long>.Shared.Rent(k);
        _vectors.Search(query, k, values.AsSpan(0, k), positions.AsSpan(0, k));
        for (var i = 0; i < k; i++)
        {
            results.Offer(values[i], _ids[positions[i]]);
        }

        ArrayPool<float>.Shared.Return(values);
        ArrayPool<long>.Shared.Return(positions);
    }
}
