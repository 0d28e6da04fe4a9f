using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <content>Finding limits of distances before a search, which would take the first vectors for nearest ones.</content>
internal sealed unsafe partial class FlatWorker
{
    // So many vectors of the nearest clusters are compared.
    private const int VectorsPerNeighbor = 2;
    private const int MoreVectors = 64;

    private const int RowsAhead = 3;

    private float[] _clusterDistances = [];
    private ulong[] _least = [];

    /// <summary>Prepares the integers of a chunk.</summary>
    public void Prepare(int chunk, FlatQueries queries) => QuantizedOf(chunk, queries);

    /// <summary>Lowers the limit of a query to its k-th least distance from the vectors of the nearest clusters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Limit(FlatQueries queries, int query, int k)
    {
        var (clusters, components) = (queries.Sketches!.Clusters, queries.Sketches.Components);
        var sketch = queries.SketchOf(query);
        if (_clusterDistances.Length < clusters.Clusters)
        {
            _clusterDistances = new float[clusters.Clusters];
        }

        if (_least.Length < k)
        {
            _least = new ulong[k];
        }

        fixed (float* centroids = clusters.Centroids)
        {
            for (var cluster = 0; cluster < clusters.Clusters; cluster++)
            {
                _clusterDistances[cluster] = ExactDistance.Of(sketch, centroids + ((long)cluster * components), components, _isProduct);
            }
        }

        var (compared, size) = (0, 0);
        var wanted = (VectorsPerNeighbor * k) + MoreVectors;
        for (var visited = 0; visited < clusters.Clusters && compared < wanted; visited++)
        {
            var nearest = System.Numerics.Tensors.TensorPrimitives.IndexOfMin(_clusterDistances.AsSpan(0, clusters.Clusters));
            _clusterDistances[nearest] = float.PositiveInfinity;
            for (var chunk = 0; chunk < _store.ChunkCount && compared < wanted; chunk++)
            {
                if (_store[chunk].Quantized is { Members: { } members } held && held.Sketches == queries.Sketches)
                {
                    compared += Compare(queries, query, chunk, members[nearest], k, ref size);
                }
            }
        }

        if (size == k)
        {
            queries.Lower(query, ExactDistance.FromOrdered((uint)_least[0]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Compare(FlatQueries queries, int query, int chunk, ReadOnlySpan<ushort> rows, int k, ref int size)
    {
        var (dimension, isProduct, isUnchanged, first) = (_store.Dimension, _isProduct, _store.Storage == VectorStorage.Unchanged, chunk * VectorChunk.MaxRows);
        _vector ??= new float[isUnchanged ? 1 : dimension];
        fixed (float* decoded = _vector)
        fixed (ulong* least = _least)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                if (isUnchanged && i + RowsAhead < rows.Length)
                {
                    Prefetch.Soon((float*)_store.AddressOf(first + rows[i + RowsAhead]), dimension);
                }

                var vector = isUnchanged ? (float*)_store.AddressOf(first + row) : decoded;
                if (!isUnchanged)
                {
                    _store.Decode(first + row, 1, _vector);
                }

                var entry = (ulong)ExactDistance.ToOrdered(ExactDistance.Of(queries.Addresses[query], vector, dimension, isProduct));
                if (size < k)
                {
                    NearestHeap.Push(least, size++, entry);
                }
                else if (entry < least[0])
                {
                    NearestHeap.ReplaceRoot(least, k, entry);
                }
            }
        }

        return rows.Length;
    }
}
