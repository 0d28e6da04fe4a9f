using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Shows the links of an HNSW graph in the memory of the index (FAISS: <c>HNSW</c>).</summary>
/// <remarks>
/// Until it is disposed, the index stays alive, and calls that change it throw an <see cref="InvalidOperationException"/>. Do not use
/// its spans afterwards. Vectors are numbered in the order of their addition, whatever ids an ID map gives them.
/// </remarks>
public sealed unsafe class HnswGraph : IDisposable
{
    private static readonly OptionalFunction GraphFunction = new(nameof(FaissNative.faiss_sdk_graph), "Showing the links of a graph");
    private static readonly OptionalFunction BinaryGraphFunction = new(nameof(FaissNative.faiss_sdk_binary_graph), "Showing the links of a graph");

    private readonly NativeHandle.ReadLease _lease;
    private readonly FaissSdkGraph _graph;

    private HnswGraph(NativeHandle.ReadLease lease, FaissSdkGraph graph) => (_lease, _graph) = (lease, graph);

    /// <summary>Gets the number of vectors in the graph.</summary>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public int Count => (int)Graph.count;

    /// <summary>Gets the vector that searches begin with; −1 for an empty graph.</summary>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public int EntryPoint => Graph.entry;

    /// <summary>Gets the number of levels that each vector is on, at least 1.</summary>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public ReadOnlySpan<int> Levels => new(Graph.levels, Count);

    private ref readonly FaissSdkGraph Graph
    {
        get
        {
            _lease.Check(this);
            return ref _graph;
        }
    }

    /// <summary>Shows the first HNSW graph among an index and its parts, quantizers included.</summary>
    /// <param name="index">The index.</param>
    /// <returns>The graph, to be disposed.</returns>
    /// <exception cref="NotSupportedException">The index has no HNSW graph, or the loaded library lacks the function.</exception>
    /// <exception cref="InvalidOperationException">A call of another thread changes the index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static HnswGraph Of(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        GraphFunction.Require();
        var lease = index.Handle.BeginLease(index, nameof(HnswGraph));
        try
        {
            FaissSdkGraph graph;
            Status.ThrowIfFailed(FaissNative.faiss_sdk_graph((NativeIndex*)Find(index.Parts, "IndexHNSW", index), &graph));
            return new HnswGraph(lease, graph);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Shows the first HNSW graph among a binary index and its parts.</summary>
    /// <param name="index">The index.</param>
    /// <returns>The graph, to be disposed.</returns>
    /// <exception cref="NotSupportedException">The index has no HNSW graph of binary vectors, or the loaded library lacks the function.</exception>
    /// <exception cref="InvalidOperationException">A call of another thread changes the index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static HnswGraph Of(IndexBinary index)
    {
        ArgumentNullException.ThrowIfNull(index);
        BinaryGraphFunction.Require();
        var lease = index.Handle.BeginLease(index, nameof(HnswGraph));
        try
        {
            FaissSdkGraph graph;
            Status.ThrowIfFailed(FaissNative.faiss_sdk_binary_graph((FaissIndexBinary*)Find(index.Parts, "IndexBinaryHNSW", index), &graph));
            return new HnswGraph(lease, graph);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Gets the vectors that a vector is linked to on a level.</summary>
    /// <param name="vector">The number of the vector, from 0 to <see cref="Count"/> − 1.</param>
    /// <param name="level">The level, from 0, on which all vectors are, to one less than that of <see cref="Levels"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such vector, or it is not on the level.</exception>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public ReadOnlySpan<int> GetNeighbors(int vector, int level = 0)
    {
        ref readonly var graph = ref Graph;
        ArgumentOutOfRangeException.ThrowIfNegative(vector);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vector, Count);
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, graph.levels[vector]);
        var links = new ReadOnlySpan<int>(graph.neighbors + graph.offsets[vector] + graph.level_starts[level], graph.level_starts[level + 1] - graph.level_starts[level]);
        return links.IndexOf(-1) is >= 0 and var end ? links[..end] : links;
    }

    /// <summary>Ends the use of the index's memory.</summary>
    public void Dispose() => _lease.Dispose();

    private static nint Find(IndexPart parts, string kind, object index) =>
        parts.All.FirstOrDefault(part => part.Class.StartsWith(kind, StringComparison.Ordinal))?.Object
            ?? throw new NotSupportedException($"This {index.GetType().Name} has no HNSW graph, nor has a part of it; only HNSW…, IVF…_HNSW… and the like have one.");
}
