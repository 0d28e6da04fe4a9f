namespace FaissSdk.Native;

/// <summary>Represents advice on what a user can do about an error of FAISS, which is added to FAISS's text.</summary>
/// <param name="Phrase">A phrase that identifies the error in FAISS's text.</param>
/// <param name="Text">The sentences that are added.</param>
internal sealed record ErrorAdvice(string Phrase, string Text)
{
    // For single functions, whose errors contain these phrases for one reason only.
    public static readonly ErrorAdvice StoreIds = new("not implemented", "This kind of index does not store ids: wrap it in an ID map, such as IDMap2,Flat or IDMap,BFlat.");

    public static readonly ErrorAdvice MakeDirectMap = new("direct map", "Call MakeDirectMap on this index first. ReconstructRange of an IndexIVF or IndexBinaryIVF does without.");

    public static readonly ErrorAdvice KeepRemoved = new("not implemented", "This kind of index cannot remove vectors: exclude their ids from searches by an IDSelectorNot, or use a flat index or inverted lists.");

    public static readonly ErrorAdvice NameParameter = new("could not set parameter", "Names are case-sensitive, such as nprobe for inverted lists, efSearch for HNSW and k_factor_rf for refining indexes; the kind of the index must have the parameter.");

    public static readonly ErrorAdvice DropParameters = new("search params", "This kind of index does not accept these search parameters: search without them, or by the class for the kind, such as SearchParametersIVF or SearchParametersHNSW.");

    // For all functions. The first phrase that the text contains decides.
    private static readonly ErrorAdvice[] All =
    [
        MakeDirectMap with { Phrase = "direct map not initialized" },
        new("cannot have array direct map and add with ids", "Call MakeDirectMap(DirectMapType.Hashtable) or MakeDirectMap(false) first, or Add, which numbers the vectors."),
        new("'xids == nullptr'", "Call MakeDirectMap(DirectMapType.Hashtable) or MakeDirectMap(false) first, or Add, which numbers the vectors."),
        new("'batch_size == 1'", "RefinePanorama reads the levels of single vectors: create its refinement with batches of one, as in SQ8,RefinePanorama(FlatL2Panorama4_1)."),
        new("remove not supported with this direct_map format", "Call MakeDirectMap(DirectMapType.Hashtable) or MakeDirectMap(false) before Remove."),
        new("direct map remove not implemented", "Call MakeDirectMap(false) before Remove."),
        new("merge direct_map not implemented", "Call MakeDirectMap(false) on both indexes first."),
        new("direct map copy not implemented", "Call MakeDirectMap(false) on the target first."),
        new("not implemented with direct_map", "Call MakeDirectMap(false) first."),
        KeepRemoved with { Phrase = "remove_ids not implemented" },
        StoreIds with { Phrase = "add_with_ids not implemented" },
        new("add does not make sense with IndexIDMap", "Call AddWithIds."),
        new("reconstruct not implemented", "This kind of index does not find a vector by its id: use an ID map of the type IDMap2, or a kind that stores vectors or codes."),
        new("reconstruct_from_offset not implemented", "These inverted lists do not reconstruct vectors: keep the vectors elsewhere, or use another encoder, such as SQ8 or PQ16."),
        new("range search not implemented", "This kind of index has no range search: search for k neighbors and drop those beyond the radius, or use a flat index or inverted lists."),
        new("standalone codec not implemented", "This kind of index does not encode vectors: use the index within it that holds the codes, or SQ8, PQ16 or inverted lists of them."),
        new("reset not implemented", "Create a new index instead."),
        new("reverse transform not implemented", "A transform of the index cannot be reversed, such as one that whitens (PCAW): keep the vectors elsewhere."),
        new("unbalanced parentheses", "Close each parenthesis in the factory string."),
        new("could not parse", "A factory string is a list of parts separated by commas, such as Flat, IVF256,PQ16, HNSW32,SQ8 or PCA64,IVF256,Flat."),
        new("at least as large as number of clusters", "Train on more vectors, or use fewer lists or bits."),
        new("PCA matrix cannot output", "Train on at least as many vectors as the analysis has output dimensions, of which there can be no more than input dimensions."),
        new("coarse quantizers should be the same", "Train one index, and create the others as its clones or with its quantizer before vectors are added."),
        new("it makes no sense to pass in ids", "Create the IndexShards with successiveIds: false."),
        new("when adding to IndexShards with successive_ids", "Add all vectors in one call, or create the IndexShards with successiveIds: false."),
        new("batch_size >=", "A flat Panorama index finds at most as many neighbors as a batch of it holds, 512 if the factory string names no other number: search for fewer, or create it with greater batches, such as FlatL2Panorama8_4096; a range search has no such limit."),
        new("NSG does not support incremental addition", "Add all vectors in one call, or call Reset first."),
        NameParameter,
        DropParameters,
    ];

    /// <summary>Returns the advice for an error of any call, or <see langword="null"/> if none is known.</summary>
    public static ErrorAdvice? For(string text) => Array.Find(All, advice => advice.Matches(text));

    public bool Matches(string text) => text.Contains(Phrase, StringComparison.OrdinalIgnoreCase);
}
