namespace FaissSdk.Native;

/// <content>Describes which parts take codes of other indexes.</content>
internal sealed partial record IndexPart
{
    private static readonly string[] CodeClasses =
    [
        "IndexPQ", "IndexScalarQuantizer", "IndexLSH", "IndexResidualQuantizer", "IndexLocalSearchQuantizer", "IndexProductResidualQuantizer", "IndexProductLocalSearchQuantizer",
    ];

    private static readonly string[] FastScanClasses =
    [
        "IndexPQFastScan", "IndexResidualQuantizerFastScan", "IndexLocalSearchQuantizerFastScan", "IndexProductResidualQuantizerFastScan", "IndexProductLocalSearchQuantizerFastScan",
    ];

    private static readonly string[] ListClasses =
    [
        "IndexIVFFlat", "IndexIVFScalarQuantizer", "IndexIVFPQ", "IndexIVFResidualQuantizer", "IndexIVFLocalSearchQuantizer", "IndexIVFProductResidualQuantizer",
        "IndexIVFProductLocalSearchQuantizer", "IndexIVFSpectralHash", "IndexIVFRaBitQ",
    ];

    /// <summary>Gets a value indicating whether inverted lists hold one code for each vector, beside the codes of others.</summary>
    public bool HoldsCodeLists => HoldsLists && ListClasses.Contains(Class);

    /// <summary>Gets a value indicating whether the part holds one code for each vector, one after another.</summary>
    public bool HoldsCodes => CodeClasses.Contains(Class) || (IsFlat && !StoresLevels && !IsBinary);

    /// <summary>Gets a value indicating whether FAISS moves codes of another index to the part.</summary>
    public bool Merges => HoldsLists || HoldsCodes || Class == "IndexBinaryFlat" || (FastScanClasses.Contains(Class) && !MisplacesCodes && !UnusedCodes.Spoil(this));

    /// <summary>Gets the part behind transforms and ID maps, and no other parts.</summary>
    public IndexPart Encoder => (IsIDMap || Class == "IndexPreTransform") && Parts.FirstOrDefault(part => part.Role == "index") is { } inner ? inner.Encoder : this;
}
