namespace FaissSdk.Native;

/// <content>Identifies the kind of a part.</content>
internal sealed partial record IndexPart
{
    private IReadOnlyList<IndexPart>? _shards;
    private IReadOnlyList<IndexPart>? _lattices;

    /// <summary>Gets a value indicating whether the part is an index of vectors of floats.</summary>
    public bool IsFloat { get; } = !Class.Contains("Binary", StringComparison.Ordinal);

    /// <summary>Gets a value indicating whether the part is an index of binary vectors.</summary>
    public bool IsBinary => Class.Contains("IndexBinary", StringComparison.Ordinal) || Class.StartsWith("IB", StringComparison.Ordinal);

    /// <summary>Gets a value indicating whether the part is a flat index, of float vectors or of binary ones.</summary>
    public bool IsFlat => Class == "IndexBinaryFlat" || Fact("flat", 0) != 0 || (Class.StartsWith("IndexFlat", StringComparison.Ordinal) && Class != "IndexFlatCodes");

    /// <summary>Gets a value indicating whether the part is a flat index whose vectors lie in levels, those of several vectors side by side.</summary>
    public bool StoresLevels => Class is "IndexFlatPanorama" or "IndexFlatL2Panorama" or "IndexFlatIPPanorama" || (IsFlat && !IsBinary && Object != 0 && KnownDefects.LevelsReadAsVectors.Kinds.Contains(Code));

    /// <summary>Gets a value indicating whether the part keeps numbers in an order that FAISS does not update.</summary>
    public bool IsFlat1D => Class == "IndexFlat1D";

    public bool IsTransform => Role == "transform";

    /// <summary>Gets a value indicating whether the part holds vectors of the index that contains it.</summary>
    public bool HoldsVectors => Role is not ("transform" or "quantizer" or "subspace");

    public bool IsIDMap { get; } = Facts.ContainsKey("ids");

    /// <summary>Gets a value indicating whether the part is an ID map that finds vectors by id.</summary>
    public bool IsIDMap2 => Facts.ContainsKey("positions");

    public bool IsRefine => Base is not null;

    public bool IsShards => Facts.ContainsKey("successive");

    /// <summary>Gets the lattices among this part and those that hold its vectors.</summary>
    public IReadOnlyList<IndexPart> Lattices => _lattices ??= [.. VectorParts.Where(part => !part.IsTransform && part.Object != 0 && KnownDefects.EqualLengths.Kinds.Contains(part.Code))];

    /// <summary>Gets the shards among this part and all below it.</summary>
    public IReadOnlyList<IndexPart> Shards => _shards ??= [.. All.Where(part => part.IsShards)];

    /// <summary>Gets a value indicating whether vectors lie in shards, at any depth.</summary>
    public bool HoldsShards { get; } = Role == "shard" || Facts.ContainsKey("successive") || Parts.Any(part => part.HoldsVectors && part.HoldsShards);

    /// <summary>Gets a value indicating whether vectors can be added with ids, as far as the library shows the part.</summary>
    public bool StoresIds => IsIDMap || HoldsLists || !IsKnown
        || (Parts.Any(part => part.Role is "index" or "shard" or "replica") && Parts.Where(part => part.HoldsVectors).All(part => part.StoresIds));

    /// <summary>Gets a value indicating whether the part is a graph of links between vectors that another index stores.</summary>
    public bool IsGraph => Parts.Any(part => part.Role == "storage");

    /// <summary>Gets a value indicating whether the part scales each vector to its own range, and puts that before its code.</summary>
    public bool IsScaled => Class.StartsWith("IndexRowwiseMinMax", StringComparison.Ordinal);
}
