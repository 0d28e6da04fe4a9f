namespace FaissSdk.Native;

/// <summary>Represents what a user can do about an error of FAISS, which is added to FAISS's text.</summary>
/// <param name="Phrase">A phrase that identifies the error in FAISS's text.</param>
/// <param name="Advice">The sentence that is added.</param>
internal sealed record Cure(string Phrase, string Advice)
{
    public static readonly Cure StoreIds = new("not implemented", "This kind of index does not store ids: wrap it in an ID map, such as IDMap2,Flat or IDMap,BFlat.");

    public static readonly Cure MakeDirectMap = new("direct map", "Call MakeDirectMap first, or use ReconstructRange.");

    public static readonly Cure KeepRemoved = new("not implemented", "This kind of index cannot remove vectors: exclude their ids from searches by an IDSelectorNot, or use a flat index or inverted lists.");

    public static readonly Cure NameParameter = new("could not set parameter", "Names are case-sensitive, such as nprobe for inverted lists, efSearch for HNSW and k_factor_rf for refining indexes; the kind of the index must have the parameter.");

    public static readonly Cure DropParameters = new("search params", "This kind of index does not accept these search parameters: search without them, or by the class for the kind, such as SearchParametersIVF or SearchParametersHNSW.");

    /// <summary>Adds the advice to a message that contains the phrase.</summary>
    public string AddTo(string message) =>
        message.Contains(Phrase, StringComparison.OrdinalIgnoreCase) ? $"{message.TrimEnd('.', ' ', '\n')}. {Advice}" : message;
}
