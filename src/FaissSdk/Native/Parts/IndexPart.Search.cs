using System.Globalization;

namespace FaissSdk.Native;

/// <content>Describes what searches ask of a part. What every search asks is computed once.</content>
internal sealed partial record IndexPart
{
    private bool? _isPlain;
    private bool? _startsIdleThreads;
    private long? _flatBlock;
    private double? _gain;
    private IReadOnlyList<IndexPart>? _graphs;
    private bool? _trainsByLocalSearch;
    private bool? _encodesByLocalSearch;

    /// <summary>Gets a value indicating whether searches need no guard: an ordinary flat index, by L2 or inner product, without parts.</summary>
    public bool IsPlain => _isPlain ??= Class is "IndexFlat" or "IndexFlatL2" or "IndexFlatIP" && Metric is MetricType.L2 or MetricType.InnerProduct && Parts.Count == 0 && !StoresLevels;

    /// <summary>Gets a value indicating whether the index looks an id up. Other kinds read beyond their storage when an id is not theirs.</summary>
    public bool LooksUpIds { get; } = Facts.ContainsKey("nprobe") || Facts.ContainsKey("ids")
        || Parts.FirstOrDefault(part => part.Role is "index" or "refine" or "replica")?.LooksUpIds == true;

    /// <summary>Gets a value indicating whether vectors lie under an ID map, which changes search parameters during a search.</summary>
    public bool TranslatesIds { get; } = Facts.ContainsKey("ids") || Parts.Any(part => part.HoldsVectors && part.TranslatesIds);

    /// <summary>Gets a value indicating whether ids are positions in a table of refinements, so that the caller cannot choose them.</summary>
    public bool RefinesByPosition { get; } = Class == "IndexIVFPQR" || KnownDefects.RefinedProductQuantizerIds.Kinds.Contains(Class)
        || (!Facts.ContainsKey("ids") && Parts.Any(part => part.HoldsVectors && part.RefinesByPosition));

    /// <summary>Gets a value indicating whether vectors lie in a graph of FAISS's NNDescent, which only files contain.</summary>
    public bool HoldsNNDescent { get; } = KnownDefects.NNDescentOfFew.Kinds.Contains(Facts.GetValueOrDefault("code", Class)) || Class == "IndexNNDescentFlat" || Parts.Any(part => part.HoldsVectors && part.HoldsNNDescent);

    /// <summary>Gets a value indicating whether vectors are searched among more candidates than neighbors, in any part.</summary>
    public bool Refines { get; } = Facts.ContainsKey("k_factor") || Parts.Any(part => part.HoldsVectors && part.Refines);

    /// <summary>Gets the number of candidates per neighbor at this moment.</summary>
    public unsafe float Factor => !Facts.ContainsKey("k_factor") || Object == 0 ? 1 : NativeParts.Factor((Interop.FaissIndex*)Object);

    /// <summary>Gets a value indicating whether every search finds a vector if there is one: a flat index, or HNSW over one.</summary>
    public bool FindsEveryVector => IsFlat || (Class == "IndexHNSWFlat" && Parts.All(part => part.IsFlat || !part.IsKnown));

    /// <summary>Gets a value indicating whether searches leave out codes that differ from that of the query in too many bits (polysemous codes).</summary>
    public bool LeavesOutCodes => Facts.ContainsKey("ht") && Fact("ht", 0) < Fact("code_size", 0) * 8;

    /// <summary>Gets a value indicating whether a search of one query starts threads that have nothing to do. Fast-scan lists share one query among threads, and an unknown part may.</summary>
    public bool StartsIdleThreads => _startsIdleThreads ??= !VectorParts.Any(part => part.HoldsFastScanLists || !part.IsKnown)
        && (KnownDefects.ThreadsForOneQuery.Kinds.Contains(Code)
            || (KnownDefects.ThreadsForOneQueryOfGraph.IsPresent && KnownDefects.ThreadsForOneQueryOfGraph.Kinds.Contains(Code))
            || Parts.Any(part => part.Role is not ("transform" or "storage" or "refine" or "subspace") && part.StartsIdleThreads));

    /// <summary>Gets the largest number of vectors in a block of fast-scan codes outside of lists, in any part that holds vectors; 0 if there are none.</summary>
    public long FlatBlock => _flatBlock ??= VectorParts.Max(part => part.HoldsLists ? 0 : part.Fact("block", 0));

    /// <summary>Gets the factor by which the transforms can lengthen a component on its way to the codes; infinite if a transform holds numbers that are not finite.</summary>
    public double Gain => _gain ??= !KnownDefects.OverflowingTransforms.IsPresent ? 1 : IsTransform ? TransformGain
        : Parts.Where(part => part.IsTransform).Aggregate(1.0, (gain, part) => gain * part.Gain) * Parts.Where(part => !part.IsTransform).Select(part => part.Gain).DefaultIfEmpty(1).Max();

    private double TransformGain => Text("gain") is { Length: > 0 } gain ? double.Parse(gain, CultureInfo.InvariantCulture) : 1;

    /// <summary>Gets the NSG graphs among this part and those that hold its vectors.</summary>
    public IReadOnlyList<IndexPart> Graphs => _graphs ??= [.. VectorParts.Where(part => !part.IsTransform && part.Object != 0 && GraphLinks.IsNSG(part))];

    /// <summary>Gets a value indicating whether training runs a local search in any part: for codes, or for the norms of the codes of residual quantizers. An unknown part may.</summary>
    public bool TrainsByLocalSearch => _trainsByLocalSearch ??= EncodesByLocalSearch || All.Any(part => part.Class.Contains("ResidualQuantizer", StringComparison.Ordinal));

    /// <summary>Gets a value indicating whether vectors are encoded by local search in any part. An unknown part may.</summary>
    public bool EncodesByLocalSearch => _encodesByLocalSearch ??= All.Any(part => !part.IsKnown || part.Class.Contains("LocalSearch", StringComparison.Ordinal));

    /// <summary>Gets the unit of the distances, which cannot be compared with those in another.</summary>
    public string DistanceUnit => Innermost is { IsFlat1D: true } ? "differences" : Innermost.Class is "IndexLSH" or "IndexIVFSpectralHash" ? "bits" : SquaredDistances;
}
