using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Searches an HNSW graph of FAISS from many of its vectors instead of one.</summary>
/// <remarks>
/// FAISS descends from one vector, level by level. If the vectors lie in clusters, few links lead from one cluster to another, and a
/// descent that ends in the wrong cluster stays there. A sample of all vectors has some near every query.
/// </remarks>
internal sealed class GraphSearch : IDisposable
{
    // A search of n vectors starts from up to this many times √n of them (about 1,800 of 200,000), which takes a fraction of its time.
    private const int EntriesPerRoot = 4;

    private readonly HnswGraph _links;
    private readonly FlatVectors _vectors;
    private readonly MetricType _metric;
    private readonly bool _isSimilarity;
    private readonly int[] _entries;
    private readonly ConcurrentBag<Scratch> _scratch = [];

    private GraphSearch(IndexHNSW index)
    {
        _metric = index.Metric;
        _isSimilarity = _metric == MetricType.InnerProduct;
        _vectors = FlatVectors.Of(index.Storage);
        _links = HnswGraph.Of(index);
        _entries = ChooseEntries(_links);
    }

    /// <summary>Creates a search of a graph, or returns null if the metric or the loaded library leaves it to FAISS.</summary>
    public static GraphSearch? TryCreate(FaissIndex index) =>
        index is IndexHNSW { Metric: MetricType.InnerProduct or MetricType.L2, Count: > 0 and <= int.MaxValue } graph && FaissLibrary.Supports("faiss_sdk_graph")
            ? new GraphSearch(graph)
            : null;

    /// <summary>Searches for the k nearest of the vectors that are admitted.</summary>
    /// <param name="query">The query (d).</param>
    /// <param name="k">The number of neighbors.</param>
    /// <param name="width">The number of candidates that are admitted (FAISS: <c>efSearch</c>).</param>
    /// <param name="filter">The vectors that may be found, or <see langword="null"/> for all.</param>
    /// <param name="values">Receives squared distances or inner products, the nearest first (k).</param>
    /// <param name="positions">Receives the numbers of the vectors, −1 where there is none (k).</param>
    /// <returns><see langword="false"/> if comparing with all vectors that are admitted takes less time.</returns>
    public bool TrySearch(ReadOnlySpan<float> query, int k, int width, PositionFilter? filter, Span<float> values, Span<long> positions)
    {
        if (!_scratch.TryTake(out var scratch))
        {
            scratch = new Scratch(_vectors.Count);
        }

        scratch.Begin(Math.Max(k, width), filter?.Bits);
        var limit = filter is null ? int.MaxValue : _entries.Length + filter.Count;
        var compared = Compare(query, _entries, scratch);
        while (compared < limit && scratch.NextCandidate() is { } vector)
        {
            compared += Compare(query, _links.GetNeighbors(vector), scratch);
        }

        positions.Fill(-1);
        scratch.TakeNearest(values, positions);
        if (!_isSimilarity)
        {
            TensorPrimitives.Negate(values, values);
        }

        _scratch.Add(scratch);
        return compared < limit;
    }

    public void Dispose()
    {
        _links.Dispose();
        _vectors.Dispose();
    }

    private int Compare(ReadOnlySpan<float> query, ReadOnlySpan<int> vectors, Scratch scratch)
    {
        var visited = scratch.Visit(vectors);
        for (var i = 0; i < visited.Length; i++)
        {
            if (i + 1 < visited.Length)
            {
                Prefetch(_vectors[visited[i + 1]]);
            }

            scratch.Offer(visited[i], Distance(query, _vectors[visited[i]]));
        }

        return visited.Length;
    }

    private static unsafe void Prefetch(ReadOnlySpan<float> vector)
    {
        if (Sse.IsSupported)
        {
            fixed (float* first = vector)
            {
                for (var i = 0; i < Math.Min(vector.Length, 128); i += 16)
                {
                    Sse.Prefetch0(first + i);
                }
            }
        }
    }

    private float Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> vector)
    {
        var value = VectorMetric.Compare(_metric, query, vector);
        return _isSimilarity ? -value : value;
    }

    // The vectors of the upper levels, which FAISS draws at random; vectors at regular positions could all be of a few clusters.
    private static int[] ChooseEntries(HnswGraph graph)
    {
        var upper = new List<int>();
        for (var i = 0; i < graph.Levels.Length; i++)
        {
            if (graph.Levels[i] > 1)
            {
                upper.Add(i);
            }
        }

        var count = (int)Math.Min(upper.Count, EntriesPerRoot * Math.Sqrt(graph.Count));
        return [graph.EntryPoint, .. Enumerable.Range(0, count).Select(i => upper[(int)((long)i * upper.Count / count)])];
    }

    // The working memory of a search, which the next one reuses.
    private sealed class Scratch(int count)
    {
        private readonly ulong[] _visited = new ulong[(count + 63) / 64];
        private readonly PriorityQueue<int, float> _candidates = new();

        // The nearest that are admitted by their negative distances, so that the farthest of them is replaced first.
        private readonly PriorityQueue<int, float> _nearest = new();
        private int[] _new = [];
        private int _width;
        private Bits? _admitted;

        public void Begin(int width, Bits? admitted)
        {
            (_width, _admitted) = (width, admitted);
            Array.Clear(_visited);
            _candidates.Clear();
            _nearest.Clear();
        }

        // Returns those of the vectors that were not visited.
        public ReadOnlySpan<int> Visit(ReadOnlySpan<int> vectors)
        {
            if (_new.Length < vectors.Length)
            {
                _new = new int[vectors.Length];
            }

            var count = 0;
            foreach (var vector in vectors)
            {
                ref var word = ref _visited[vector >> 6];
                var bit = 1UL << (vector & 63);
                if ((word & bit) == 0)
                {
                    word |= bit;
                    _new[count++] = vector;
                }
            }

            return _new.AsSpan(0, count);
        }

        // The links of vectors that are not admitted lead to others that are.
        public void Offer(int vector, float distance)
        {
            if (!IsNear(distance))
            {
                return;
            }

            _candidates.Enqueue(vector, distance);
            if (_admitted is not null && !_admitted[vector])
            {
                return;
            }

            if (_nearest.Count < _width)
            {
                _nearest.Enqueue(vector, -distance);
            }
            else
            {
                _nearest.DequeueEnqueue(vector, -distance);
            }
        }

        // The nearest vector whose links were not followed, unless enough are nearer.
        public int? NextCandidate() => _candidates.TryDequeue(out var vector, out var distance) && IsNear(distance) ? vector : null;

        public void TakeNearest(Span<float> negativeDistances, Span<long> positions)
        {
            while (_nearest.TryDequeue(out var vector, out var negativeDistance))
            {
                if (_nearest.Count < positions.Length)
                {
                    (negativeDistances[_nearest.Count], positions[_nearest.Count]) = (negativeDistance, vector);
                }
            }
        }

        private bool IsNear(float distance) => _nearest.Count < _width || (_nearest.TryPeek(out _, out var farthest) && -distance > farthest);
    }
}
