namespace FaissSdk.Native;

/// <content>Describes the codes of a part: what they depend on, and whether they can be decoded.</content>
internal sealed partial record IndexPart
{
    private CodeRange[]? _codeRanges;
    private bool? _losesComponentsInRanges;

    /// <summary>Gets what the codes of the parts that hold vectors can hold.</summary>
    public CodeRange[] CodeRanges => _codeRanges ??= KnownDefects.UnstorableComponents.IsPresent ? CodeRange.Of(this) : [];

    /// <summary>Gets a value indicating whether a code begins with the number of an inverted list.</summary>
    public bool CodesNameLists => HoldsLists || Class == "Index2Layer";

    /// <summary>Gets a value indicating whether inverted lists store the differences between vectors and the centroids that the quantizer reconstructs.</summary>
    public bool EncodesResiduals => Fact("by_residual", Class.StartsWith("IndexIVFFlat", StringComparison.Ordinal) || IsBinary ? 0 : 1) != 0;

    /// <summary>Gets a value indicating whether codes have fewer bits than vectors have components, and no rotation mixes these.</summary>
    public bool LosesComponents => (Fact("rotates", 1) == 0 && Fact("bits", Dimension) < Dimension) || Decoder?.LosesComponents == true;

    /// <summary>Gets a value indicating whether a range search decodes codes of some components only.</summary>
    public bool LosesComponentsInRanges => _losesComponentsInRanges ??= VectorParts.Any(part => part.LosesComponents);

    /// <summary>Gets a value indicating whether the codes are packed for fast scans in blocks of a size that the library unpacks wrongly, or of an unknown size.</summary>
    public bool MisplacesCodes { get; } = KnownDefects.FastScanBlocks.IsPresent
        && (Facts.TryGetValue("block", out var block) ? block != "32" || Class == "IndexIVFRaBitQFastScan" : KnownDefects.FastScanBlocks.Kinds.Contains(Class));

    /// <summary>Gets a value indicating whether the class can reconstruct a vector by its position.</summary>
    public bool Reconstructs =>
        !IsKnown ? Role is "storage" or "refine"
        : HoldsLists ? HoldsDirectMap
        : IsIDMap ? IsIDMap2 && Innermost.Reconstructs
        : IsRefine ? Parts.First(part => part.Role == "refine").Reconstructs
        : !IsShards && Fact("scales_rows", 0) == 0
            && Parts.All(part => part.Role is "subspace" or "quantizer" || (part.IsTransform ? part.Fact("reversible", 1) != 0 : part.Role != "split" && part.Reconstructs));

    /// <summary>Gets a value indicating whether vectors lie in codes that are packed for fast scans.</summary>
    public bool ScansFast { get; } = Facts.ContainsKey("block") || KnownDefects.FastScanBlocks.Kinds.Contains(Facts.GetValueOrDefault("code", Class)) || Parts.Any(part => part.HoldsVectors && part.ScansFast);

    /// <summary>Gets a value indicating whether a search may find a vector twice.</summary>
    public bool RepeatsNeighbors { get; } = Class is "MultiIndexQuantizer" or "MultiIndexQuantizer2" || Parts.Any(part => part.RepeatsNeighbors);

    /// <summary>Gets a value indicating whether vectors may be encoded with their squared lengths, as additive quantizers do, or centroids in the quantizer of lists.</summary>
    public bool EncodesLengths { get; } = Class.Contains("Residual", StringComparison.Ordinal) || Class.Contains("LocalSearch", StringComparison.Ordinal) || Class.Contains("Additive", StringComparison.Ordinal)
        || Parts.Any(part => part.EncodesLengths);

    /// <summary>Gets a value indicating whether reconstruction reads codes from the wrong place.</summary>
    public bool ReconstructsWrongly => MisplacesCodes || Decoder?.ReconstructsWrongly == true;

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

    // FAISS does not train a quantizer anew that has a centroid for each list.
    private bool HasOtherCentroids => HoldsLists && Parts.Any(part => part.Role == "quantizer" && part.IsKnown && (part.Count != ListCount || !part.IsTrained));
}
