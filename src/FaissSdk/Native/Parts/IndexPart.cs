using System.Globalization;

namespace FaissSdk.Native;

/// <summary>Describes a native index, or one of the parts that it consists of, at the moment when it was asked.</summary>
/// <remarks>
/// All guards that depend on what an index is made of ask this description, since a part can lie at any depth: below transforms,
/// ID maps, refinements, graphs, shards or a quantizer. It comes from the library's own description (<c>faiss_sdk_index_parts</c>),
/// or, for a library without it, from the C API's casts (<see cref="ForeignParts"/>), which leave some parts unknown.
/// </remarks>
/// <param name="Role">What the part is to the one that contains it, such as <c>quantizer</c>, <c>base</c> or <c>shard</c>.</param>
/// <param name="Class">The C++ class, or <see cref="UnknownClass"/>.</param>
/// <param name="Facts">The facts about the object, by name.</param>
/// <param name="Parts">The parts of the object.</param>
internal sealed record IndexPart(string Role, string Class, IReadOnlyDictionary<string, string> Facts, IReadOnlyList<IndexPart> Parts)
{
    /// <summary>The class of a part about which the library says nothing.</summary>
    public const string UnknownClass = "unknown";

    private string? _code;
    private IReadOnlyList<IndexPart>? _lists;
    private IReadOnlyList<IndexPart>? _nestedLists;
    private IReadOnlyList<IndexPart>? _shards;
    private bool? _holdsReadOnlyVectors;
    private bool? _mayHoldLists;

    /// <summary>Gets the native object, or 0 if it is unknown.</summary>
    public nint Object => (nint)Fact("object", 0);

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension => (int)Fact("d", 0);

    /// <summary>Gets the number of vectors at the moment of the description.</summary>
    public long Count => Fact("n", 0);

    /// <summary>Gets the metric by which vectors are compared.</summary>
    public MetricType Metric => (MetricType)Fact("metric", (long)MetricType.L2);

    public bool IsTrained => Fact("trained", 1) != 0;

    /// <summary>Gets the number of inverted lists, or 0 for a class without them.</summary>
    public long ListCount => HoldsLists ? Fact("nlist", 0) : 0;

    public bool IsKnown => Class != UnknownClass;

    /// <summary>Gets a value indicating whether the part is a flat index, of float vectors or of binary ones.</summary>
    public bool IsFlat => Class == "IndexBinaryFlat" || Fact("flat", 0) != 0 || (Class.StartsWith("IndexFlat", StringComparison.Ordinal) && Class != "IndexFlatCodes");

    /// <summary>Gets a value indicating whether the part keeps numbers in an order that FAISS does not renew.</summary>
    public bool IsFlat1D => Class == "IndexFlat1D";

    /// <summary>Gets a value indicating whether the part is an index of binary vectors.</summary>
    public bool IsBinary => Class.Contains("IndexBinary", StringComparison.Ordinal) || Class.StartsWith("IB", StringComparison.Ordinal);

    public bool IsTransform => Role == "transform";

    /// <summary>Gets a value indicating whether the part holds vectors of the index that contains it.</summary>
    public bool HoldsVectors => Role is not ("transform" or "quantizer" or "subspace");

    /// <summary>Gets a value indicating whether the part is an index with inverted lists.</summary>
    public bool HoldsLists { get; } = Facts.ContainsKey("nprobe");

    /// <summary>Gets a value indicating whether the inverted lists are packed for fast scans.</summary>
    public bool HoldsFastScanLists => HoldsLists && (Text("lists") == "BlockInvertedLists" || KnownDefects.FastScanMerges.Kinds.Contains(Code));

    /// <summary>Gets a value indicating whether the inverted lists lie in a file.</summary>
    public bool HoldsListsInFile => Text("lists") == "OnDiskInvertedLists";

    /// <summary>Gets a value indicating whether the inverted lists lie in a file that must not be changed, such as the file that the index was mapped from.</summary>
    public bool HoldsReadOnlyLists => HoldsListsInFile && Fact("lists_read_only", 1) != 0;

    /// <summary>Gets a value indicating whether the inverted lists know where each vector is.</summary>
    public bool HoldsDirectMap => Fact("direct_map", 0) != 0;

    /// <summary>Gets a value indicating whether the codes are packed for fast scans in blocks of a size that the library unpacks wrongly, or of an unknown size.</summary>
    public bool MisplacesCodes { get; } = KnownDefects.FastScanBlocks.IsPresent
        && (Facts.TryGetValue("block", out var block) ? block != "32" || Class == "IndexIVFRaBitQFastScan" : KnownDefects.FastScanBlocks.Kinds.Contains(Class));

    /// <summary>Gets the part that decodes and reconstructs the vectors of this one, or <see langword="null"/> if the part does that itself.</summary>
    public IndexPart? Decoder { get; } = Parts.FirstOrDefault(part => part.Role is "index" or "refine" or "replica" or "storage");

    /// <summary>Gets a value indicating whether a code begins with the number of an inverted list.</summary>
    public bool CodesNameLists => HoldsLists || Class == "Index2Layer";

    /// <summary>Gets a value indicating whether the part scales each vector to its own range, and puts that before its code.</summary>
    public bool IsScaled => Class.StartsWith("IndexRowwiseMinMax", StringComparison.Ordinal);

    /// <summary>Gets the part that a refining index searches first, or <see langword="null"/>.</summary>
    public IndexPart? Base => Parts.FirstOrDefault(part => part.Role == "base");

    /// <summary>Gets a value indicating whether ids are positions in a table of refinements, so that the caller cannot choose them.</summary>
    public bool RefinesByPosition { get; } = Class == "IndexIVFPQR" || KnownDefects.RefinedProductQuantizerIds.Kinds.Contains(Class)
        || (!Facts.ContainsKey("ids") && Parts.Any(part => part.HoldsVectors && part.RefinesByPosition));

    /// <summary>Gets a value indicating whether vectors are searched among more candidates than neighbors, in any part.</summary>
    public bool Refines { get; } = Facts.ContainsKey("k_factor") || Parts.Any(part => part.HoldsVectors && part.Refines);

    /// <summary>Gets a value indicating whether the part is an index of vectors of floats.</summary>
    public bool IsFloat { get; } = !Class.Contains("Binary", StringComparison.Ordinal);

    public bool IsIDMap { get; } = Facts.ContainsKey("ids");

    /// <summary>Gets a value indicating whether the part is an ID map that finds vectors by id.</summary>
    public bool IsIDMap2 => Facts.ContainsKey("positions");

    public bool IsRefine => Base is not null;

    public bool IsShards => Facts.ContainsKey("successive");

    /// <summary>Gets a value indicating whether the part is a graph of links between vectors that another index stores.</summary>
    public bool IsGraph => Parts.Any(part => part.Role == "storage");

    /// <summary>Gets a value indicating whether every search finds a vector if there is one: a flat index, or HNSW over one.</summary>
    public bool FindsEveryVector => IsFlat || (Class == "IndexHNSWFlat" && Parts.All(part => part.IsFlat || !part.IsKnown));

    /// <summary>Gets a value indicating whether inverted lists store the differences between vectors and the centroids that the quantizer reconstructs.</summary>
    public bool EncodesResiduals => Fact("by_residual", Class.StartsWith("IndexIVFFlat", StringComparison.Ordinal) || IsBinary ? 0 : 1) != 0;

    /// <summary>Gets the unit of the distances, which cannot be compared with those in another.</summary>
    public string DistanceUnit => Innermost is { IsFlat1D: true } ? "differences" : Innermost.Class is "IndexLSH" or "IndexIVFSpectralHash" ? "bits" : "squared distances";

    /// <summary>Gets a value indicating whether the class can reconstruct a vector by its position.</summary>
    public bool Reconstructs =>
        !IsKnown ? Role is "storage" or "refine"
        : HoldsLists ? HoldsDirectMap
        : IsIDMap ? IsIDMap2 && Innermost.Reconstructs
        : IsRefine ? Parts.First(part => part.Role == "refine").Reconstructs
        : !IsShards && Fact("scales_rows", 0) == 0
            && Parts.All(part => part.Role is "subspace" or "quantizer" || (part.IsTransform ? part.Fact("reversible", 1) != 0 : part.Role != "split" && part.Reconstructs));

    /// <summary>Gets a value indicating whether training anew changes what the codes of vectors mean.</summary>
    public bool ChangesByTraining =>
        IsTransform ? Class is not ("RandomRotationMatrix" or "NormalizationTransform" or "RemapDimensionsTransform" or "LinearTransform")
        : !IsKnown ? Fact("flat", 0) == 0
        : IsFlat ? false
        : Facts.ContainsKey("quantizer_type") ? Fact("quantizer_type", 0) is not (4 or 5 or 7 or 8) || HasOtherCentroids
        : HoldsLists ? !(IsBinary || Class.StartsWith("IndexIVFFlat", StringComparison.Ordinal)) || HasOtherCentroids
        : Facts.ContainsKey("trains_thresholds") ? Fact("trains_thresholds", 1) != 0
        : Class is "IndexBinaryHash" or "IndexBinaryMultiHash" ? false
        : !Parts.Any(part => part.HoldsVectors) || Parts.Any(part => part.ChangesByTraining);

    /// <summary>Gets a text that is equal for parts of the same classes and sizes.</summary>
    public string Shape => $"{Class}:{Dimension}:{ListCount}({string.Join(' ', Parts.Select(part => part.Shape))})";

    /// <summary>Gets a value indicating whether this part or one below it has inverted lists, or may have because the library does not show it.</summary>
    public bool MayHoldLists => _mayHoldLists ??= All.Any(part => part.HoldsLists || (!part.IsKnown && !part.IsFlat));

    /// <summary>Gets the inverted lists of float vectors among this part and all below it, quantizers included.</summary>
    public IReadOnlyList<IndexPart> Lists => _lists ??= [.. All.Where(part => part.HoldsLists && !part.IsBinary && part.Object != 0)];

    /// <summary>Gets the inverted lists that quantizers consist of, and the quantizers that the library does not describe.</summary>
    public IReadOnlyList<IndexPart> NestedLists => _nestedLists ??= [.. All
        .Where(part => part.Role == "quantizer")
        .SelectMany(quantizer => quantizer.All.Where(part => (part.HoldsLists && !part.IsBinary) || (!part.IsKnown && part.Role != "storage" && part.Code.Length == 0 && part.Role != "refine")))];

    /// <summary>Gets the shards among this part and all below it.</summary>
    public IReadOnlyList<IndexPart> Shards => _shards ??= [.. All.Where(part => part.IsShards)];

    /// <summary>Gets a value indicating whether the part itself or a part that holds its vectors has lists that must not be changed.</summary>
    public bool HoldsReadOnlyVectors => _holdsReadOnlyVectors ??= Holders.Any(part => part.HoldsReadOnlyLists);

    /// <summary>Gets this part and all parts below it, each after the one that contains it.</summary>
    public IEnumerable<IndexPart> All => Parts.SelectMany(part => part.All).Prepend(this);

    /// <summary>Gets the parts that hold the vectors of this one: all except quantizers and transforms, and what is below those.</summary>
    public IEnumerable<IndexPart> Holders => Parts.Where(part => part.HoldsVectors).SelectMany(part => part.Holders).Prepend(this);

    /// <summary>Gets this part and the parts that decode and reconstruct its vectors.</summary>
    public IEnumerable<IndexPart> Decoders => (Decoder?.Decoders ?? []).Prepend(this);

    /// <summary>Gets the part below all transforms and ID maps; the part itself if there are none.</summary>
    public IndexPart Innermost => Parts.FirstOrDefault(part => part.Role == "index")?.Innermost ?? this;

    // Searches ask the following, so they are computed once.

    /// <summary>Gets a value indicating whether the index looks an id up. Other kinds read beyond their storage when an id is not theirs.</summary>
    public bool LooksUpIds { get; } = Facts.ContainsKey("nprobe") || Facts.ContainsKey("ids")
        || Parts.FirstOrDefault(part => part.Role is "index" or "refine" or "replica")?.LooksUpIds == true;

    /// <summary>Gets a value indicating whether vectors lie under an ID map, which changes search parameters during a search.</summary>
    public bool TranslatesIds { get; } = Facts.ContainsKey("ids") || Parts.Any(part => part.HoldsVectors && part.TranslatesIds);

    /// <summary>Gets a value indicating whether vectors lie in inverted lists.</summary>
    public bool HoldsInvertedLists { get; } = Facts.ContainsKey("nprobe") || Parts.Any(part => part.HoldsVectors && part.HoldsInvertedLists);

    /// <summary>Gets a value indicating whether reconstruction reads codes from the wrong place.</summary>
    public bool ReconstructsWrongly => MisplacesCodes || Decoder?.ReconstructsWrongly == true;

    /// <summary>Gets a value indicating whether codes have fewer bits than vectors have components, and no rotation mixes these.</summary>
    public bool LosesComponents => (Fact("rotates", 1) == 0 && Fact("bits", Dimension) < Dimension) || Decoder?.LosesComponents == true;

    /// <summary>Gets a value indicating whether the library describes all parts.</summary>
    public bool IsWhollyKnown => IsKnown && Parts.All(part => part.IsWhollyKnown);

    /// <summary>Gets the four-letter code of the class in files; empty for a class that FAISS does not write, or an unknown part.</summary>
    public string Code => _code ??= CodeOf();

    /// <summary>Gets the number of candidates per neighbor at this moment.</summary>
    public unsafe float Factor => !Facts.ContainsKey("k_factor") || Object == 0 ? 1 : NativeParts.Factor((Interop.FaissIndex*)Object);

    /// <summary>Returns whether a part that holds vectors has one of these codes, or may have because the library does not show it.</summary>
    public bool MayHold(IReadOnlyList<string> codes) =>
        Holders.Any(part => !part.IsTransform && (codes.Contains(part.Code) || (!part.IsKnown && part.Code.Length == 0 && part.Role is "shard" or "replica")));

    /// <summary>Returns whether a part has one of these codes.</summary>
    public bool Contains(IReadOnlyList<string> codes) => All.Any(part => !part.IsTransform && codes.Contains(part.Code));

    /// <summary>Returns a numeric fact, or <paramref name="missing"/> if the part does not have it.</summary>
    public long Fact(string name, long missing) => Facts.TryGetValue(name, out var value) ? (long)double.Parse(value, CultureInfo.InvariantCulture) : missing;

    /// <summary>Returns a fact, or an empty string if the part does not have it.</summary>
    public string Text(string name) => Facts.GetValueOrDefault(name, "");

    // FAISS trains inverted lists whose quantizer has centroids for all lists no more.
    private bool HasOtherCentroids => HoldsLists && Parts.Any(part => part.Role == "quantizer" && part.IsKnown && (part.Count != ListCount || !part.IsTrained));

    private unsafe string CodeOf() =>
        Object == 0 ? Text("code")
        : IsBinary ? BinaryIndexKind.Of((Interop.FaissIndexBinary*)Object).Outer
        : IndexKind.CodeOf((Interop.FaissIndex*)Object);
}
