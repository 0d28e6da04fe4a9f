namespace FaissSdk.Native;

/// <content>Describes the inverted lists of a part, and finds those below it.</content>
internal sealed partial record IndexPart
{
    private IReadOnlyList<IndexPart>? _lists;
    private IReadOnlyList<IndexPart>? _nestedLists;
    private IReadOnlyList<IndexPart>? _refiningLists;
    private bool? _holdsReadOnlyVectors;
    private bool? _mayHoldLists;

    /// <summary>Gets a value indicating whether the part is an index with inverted lists.</summary>
    public bool HoldsLists { get; } = Facts.ContainsKey("nprobe");

    /// <summary>Gets the number of inverted lists, or 0 for a class without them.</summary>
    public long ListCount => HoldsLists ? Fact("nlist", 0) : 0;

    /// <summary>Gets a value indicating whether the inverted lists are packed for fast scans.</summary>
    public bool HoldsFastScanLists => HoldsLists && (Text("lists") == "BlockInvertedLists" || KnownDefects.FastScanMerges.Kinds.Contains(Code));

    /// <summary>Gets a value indicating whether the inverted lists lie in a file.</summary>
    public bool HoldsListsInFile => Text("lists") == "OnDiskInvertedLists";

    /// <summary>Gets a value indicating whether the inverted lists lie in a file that must not be changed, such as the file that the index was mapped from.</summary>
    public bool HoldsReadOnlyLists => HoldsListsInFile && Fact("lists_read_only", 1) != 0;

    /// <summary>Gets a value indicating whether the inverted lists know where each vector is.</summary>
    public bool HoldsDirectMap => Fact("direct_map", 0) != 0;

    /// <summary>Gets a value indicating whether the inverted lists know where each vector is by a hash table.</summary>
    public bool HoldsHashtable => Fact("direct_map", 0) == (long)DirectMapType.Hashtable;

    /// <summary>Gets a value indicating whether vectors lie in inverted lists.</summary>
    public bool HoldsInvertedLists { get; } = Facts.ContainsKey("nprobe") || Parts.Any(part => part.HoldsVectors && part.HoldsInvertedLists);

    /// <summary>Gets a value indicating whether this part or one below it has inverted lists, or may have them because the library does not show it.</summary>
    public bool MayHoldLists => _mayHoldLists ??= All.Any(part => part.HoldsLists || (!part.IsKnown && !part.IsFlat));

    /// <summary>Gets the inverted lists of float vectors among this part and all below it, quantizers included.</summary>
    public IReadOnlyList<IndexPart> Lists => _lists ??= [.. All.Where(part => part.HoldsLists && !part.IsBinary && part.Object != 0)];

    /// <summary>Gets the inverted lists that quantizers consist of, and the quantizers that the library does not describe.</summary>
    public IReadOnlyList<IndexPart> NestedLists => _nestedLists ??= [.. All
        .Where(part => part.Role == "quantizer")
        .SelectMany(quantizer => quantizer.All.Where(part => (part.HoldsLists && !part.IsBinary) || (!part.IsKnown && part.Role != "storage" && part.Code.Length == 0 && part.Role != "refine")))];

    /// <summary>Gets the inverted lists by whose vectors a refining index computes distances, in any part that holds vectors.</summary>
    public IReadOnlyList<IndexPart> RefiningLists => _refiningLists ??= [.. VectorParts.Where(part => part.Role == "refine").SelectMany(part => part.VectorParts).Where(part => part.HoldsLists && part.Object != 0)];

    /// <summary>Gets a value indicating whether the part itself or a part that holds its vectors has lists that must not be changed.</summary>
    public bool HoldsReadOnlyVectors => _holdsReadOnlyVectors ??= VectorParts.Any(part => part.HoldsReadOnlyLists);
}
