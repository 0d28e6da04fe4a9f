using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Lets FAISS build an NSG graph of any vectors.</summary>
/// <remarks>
/// FAISS links each vector that the graph does not reach to a reached one with a free link, and searches forever if there is none.
/// Vectors at equal distances use all links, since FAISS leaves a link out only if a nearer vector makes it superfluous. For such
/// vectors fewer candidates than half of the links are considered, so that at least one link per vector stays free.
/// </remarks>
internal static unsafe class GraphLinks
{
    // NNDescent finds the candidates, and needs more vectors than the 100 on which it evaluates itself.
    public const int MinVectors = 101;
    private const int DefaultWidth = 16;
    private const int Samples = 32;
    private const int ExtraCandidates = 100;
    private const float Tie = 1e-5f;

    // Among fewer vectors NNDescent may find fewer neighbors than it reads, unless it is set up for that.
    private const int MinVectorsWithoutFunctions = 1000;

    private static readonly OptionalFunction SetConstruction = new(nameof(FaissNative.faiss_sdk_set_graph_construction));

    /// <summary>Returns why searches of an NSG graph, in any part, would fail or never end; <see langword="null"/> if no reason is known.</summary>
    public static string? FaultOf(IndexPart whole)
    {
        if (!KnownDefects.GraphsOfFewVectors.IsPresent)
        {
            return null;
        }

        foreach (var graph in whole.All.Where(part => !part.IsTransform && part.Count > 0 && IsNSG(part)))
        {
            if (graph.Fact("built", 1) == 0)
            {
                return $"Its NSG graph was not built of its {graph.Count} vectors; build it anew.";
            }

            if (graph.Fact("width", DefaultWidth) > graph.Count)
            {
                return $"Its NSG graph has {graph.Count} vectors, and a search considers {graph.Fact("width", DefaultWidth)} (search_L): FAISS would never end. Build an HNSW graph of few vectors.";
            }
        }

        return null;
    }

    /// <summary>Throws if a search for candidates would never end.</summary>
    /// <param name="whole">The description of the index.</param>
    /// <param name="candidates">The greatest number of candidates that a part is searched for.</param>
    /// <exception cref="InvalidOperationException">An NSG graph has fewer vectors.</exception>
    public static void CheckCandidates(IndexPart whole, double candidates)
    {
        // Enumerating the list would allocate at every search.
        for (var i = 0; i < whole.Graphs.Count; i++)
        {
            var graph = whole.Graphs[i];
            var least = Math.Max(candidates, IndexSettings.IsPresent ? IndexSettings.Read((NativeIndex*)graph.Object, IndexSetting.SearchWidth) : 0);
            if (FaissNative.faiss_Index_ntotal((NativeIndex*)graph.Object) is var held && held < least)
            {
                throw new InvalidOperationException($"An NSG graph has {held} vectors, and FAISS would search it for {least:G3} candidates, which never ends: lower k, the number of candidates per neighbor or {nameof(IndexNSG.SearchL)}.");
            }
        }
    }

    /// <summary>Returns whether a part is an NSG graph.</summary>
    public static bool IsNSG(IndexPart part) => part.Fact("links", 0) > 0 || KnownDefects.NSG.Kinds.Contains(part.Class);

    /// <summary>Prepares the NSG graphs of an index for vectors that are added to it.</summary>
    /// <param name="index">The description of the index.</param>
    /// <param name="vectors">The vectors (n × d).</param>
    /// <param name="parameter">The parameter that an exception names.</param>
    /// <exception cref="ArgumentException">There are too few vectors for the graph.</exception>
    /// <exception cref="InvalidOperationException">The graph holds vectors.</exception>
    /// <exception cref="NotSupportedException">The library was not built with the SDK's functions, and FAISS would never finish the graph.</exception>
    public static void Prepare(IndexPart index, ReadOnlySpan<float> vectors, string parameter)
    {
        if (index.VectorParts.Any(IsNSG))
        {
            KnownDefects.NSG.ThrowIfPresent("Building an NSG graph");
        }

        if (index.HoldsNNDescent)
        {
            KnownDefects.NNDescentOfFew.ThrowIfPresent("Building an NNDescent graph");
        }

        // Walking the parts would allocate at every addition.
        if (index.Graphs.Count > 0)
        {
            Prepare(index, vectors, index.Dimension, parameter);
        }
    }

    /// <summary>Returns the number of vectors that an NSG graph needs.</summary>
    public static long MinVectorsOf(IndexPart graph) => Math.Max(SetConstruction.IsPresent ? MinVectors : MinVectorsWithoutFunctions, graph.Fact("candidates", 0));

    /// <summary>Prepares NSG graphs that assign vectors to lists for training, which adds the centroids to them.</summary>
    public static void PrepareQuantizers(IndexPart index, ReadOnlySpan<float> vectors)
    {
        foreach (var lists in index.VectorParts)
        {
            if (lists.Parts.FirstOrDefault(part => part.Role == "quantizer") is { Object: not 0 } graph && graph.Fact("links", 0) is > 0 and var links)
            {
                // Fewer different vectors than lists give equal centroids.
                SetLimited(graph, (int)links, CountDistinct(vectors, index.Dimension, lists.ListCount + 1) <= lists.ListCount, lists.ListCount);
            }
        }
    }

    private static void Prepare(IndexPart part, ReadOnlySpan<float> vectors, int dimension, string parameter)
    {
        if (part.Fact("links", 0) is > 0 and var links && part.Object != 0)
        {
            CheckCount(part, vectors.Length / dimension, parameter);
            Limit(part, (int)links, vectors, dimension);
        }

        var vectorParts = part.Parts.Where(inner => inner.HoldsVectors).ToArray();
        var count = (long)vectors.Length / dimension;
        for (var i = 0; i < vectorParts.Length; i++)
        {
            // Each shard gets its share of the vectors, all other parts get all.
            var (first, last) = part.IsShards ? (i * count / vectorParts.Length, (i + 1) * count / vectorParts.Length) : (0, count);
            Prepare(vectorParts[i], vectors[((int)first * dimension)..((int)last * dimension)], dimension, parameter);
        }
    }

    private static void CheckCount(IndexPart graph, int count, string parameter)
    {
        if (FaissNative.faiss_Index_ntotal((NativeIndex*)graph.Object) > 0)
        {
            throw new InvalidOperationException("An NSG graph is built once: add all vectors in one call, or call Reset first.");
        }

        var min = MinVectorsOf(graph);
        if (count < min)
        {
            throw new ArgumentException($"{parameter} holds {count} vectors; an NSG graph of {graph.Fact("links", 0)} links is built of at least {min}, in one call. Use HNSW for fewer.", parameter);
        }
    }

    private static void Limit(IndexPart graph, int links, ReadOnlySpan<float> vectors, int dimension)
    {
        var count = vectors.Length / dimension;
        var limited = graph.Metric is not (MetricType.L2 or MetricType.InnerProduct) || graph.Dimension != dimension || HasLargeGroup(MemoryMarshal.AsBytes(vectors), dimension * sizeof(float), links / 2) || HasLargeGroupOfCodes(graph, vectors, dimension, links / 2);
        var full = 0;
        for (var i = 0; i < Samples && !limited; i++)
        {
            var (selected, tied) = CountLinks(vectors, dimension, (int)((long)i * count / Samples), links);
            full += selected >= links ? 1 : 0;
            limited = tied >= links || full >= Samples / 4;
        }

        SetLimited(graph, links, limited, count);
    }

    private static void SetLimited(IndexPart graph, int links, bool limited, long count)
    {
        if (SetConstruction.IsPresent)
        {
            Status.ThrowIfFailed(FaissNative.faiss_sdk_set_graph_construction((NativeIndex*)graph.Object, limited ? (links - 1) / 2 : links + ExtraCandidates, count));
        }
        else if (limited)
        {
            throw new NotSupportedException($"FAISS never finishes an NSG graph of vectors that are equal or at equal distances; the SDK's functions, which this library lacks, prevent that. Use HNSW; loaded: {FaissLibrary.Info.Version} ({FaissLibrary.Info.Path}).");
        }
    }

    /// <summary>Returns the number of links of a vector, each to a vector that is nearer to it than to the vectors linked before, and the number of those at the least distance.</summary>
    private static (int Selected, int Tied) CountLinks(ReadOnlySpan<float> vectors, int dimension, int vector, int links)
    {
        var count = vectors.Length / dimension;
        var (distances, order) = (new float[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            distances[i] = i == vector ? float.NegativeInfinity : Distance(vectors, dimension, vector, i);
            order[i] = i;
        }

        var sorted = (float[])distances.Clone();
        Array.Sort(sorted, order);
        var selected = new List<int>(links);
        var tied = 0;
        for (var i = 1; i < Math.Min(count, links + ExtraCandidates) && selected.Count < links; i++)
        {
            var (candidate, distance) = (order[i], sorted[i]);
            var occluded = false;
            foreach (var other in selected)
            {
                if (Distance(vectors, dimension, other, candidate) < distance)
                {
                    occluded = true;
                    break;
                }
            }

            if (!occluded)
            {
                selected.Add(candidate);
                tied += distance <= sorted[1] * (1 + Tie) ? 1 : 0;
            }
        }

        return (selected.Count, tied);
    }

    private static float Distance(ReadOnlySpan<float> vectors, int dimension, int first, int second) =>
        System.Numerics.Tensors.TensorPrimitives.Distance(vectors.Slice(first * dimension, dimension), vectors.Slice(second * dimension, dimension));

    // A graph of codes compares codes, and different vectors can have equal codes.
    private static bool HasLargeGroupOfCodes(IndexPart graph, ReadOnlySpan<float> vectors, int dimension, int max)
    {
        if (graph.Decoder is not { Object: not 0 } storage || storage.Dimension != dimension || storage.Fact("code_size", 0) is not (> 0 and var size) || size == dimension * sizeof(float))
        {
            return false;
        }

        var codes = new byte[VectorShape.ArrayLength(vectors.Length / dimension, (int)size, nameof(vectors))];
        fixed (float* x = vectors)
        fixed (byte* bytes = codes)
        {
            using var turn = LocalSearch.EnterToEncode(storage);
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_encode((NativeIndex*)storage.Object, vectors.Length / dimension, x, bytes));
        }

        return HasLargeGroup(codes, (int)size, max);
    }

    private static bool HasLargeGroup(ReadOnlySpan<byte> rows, int width, int max)
    {
        var counts = new Dictionary<long, int>();
        for (var start = 0; start < rows.Length; start += width)
        {
            ref var seen = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, Hash(rows.Slice(start, width)), out _);
            if (++seen > max)
            {
                return true;
            }
        }

        return false;
    }

    private static long CountDistinct(ReadOnlySpan<float> vectors, int dimension, long max)
    {
        var seen = new HashSet<long>();
        for (var start = 0; start < vectors.Length && seen.Count < max; start += dimension)
        {
            seen.Add(Hash(MemoryMarshal.AsBytes(vectors.Slice(start, dimension))));
        }

        return seen.Count;
    }

    // Rows of equal hash are treated as equal. A collision does no harm: fewer candidates are considered.
    private static long Hash(ReadOnlySpan<byte> row)
    {
        var hash = 17L;
        foreach (var value in row)
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return hash;
    }
}
