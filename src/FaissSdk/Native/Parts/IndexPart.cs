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
internal sealed partial record IndexPart(string Role, string Class, IReadOnlyDictionary<string, string> Facts, IReadOnlyList<IndexPart> Parts)
{
    /// <summary>The class of a part about which the library says nothing.</summary>
    public const string UnknownClass = "unknown";

    /// <summary>The unit of distances of most classes.</summary>
    public const string SquaredDistances = "squared distances";

    private string? _code;
    private IndexPart[]? _all;
    private IndexPart[]? _vectorParts;

    /// <summary>Gets the native object, or 0 if it is unknown.</summary>
    public nint Object => (nint)Fact("object", 0);

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension => (int)Fact("d", 0);

    /// <summary>Gets the number of vectors at the moment of the description.</summary>
    public long Count => Fact("n", 0);

    /// <summary>Gets the metric by which vectors are compared.</summary>
    public MetricType Metric => (MetricType)Fact("metric", (long)MetricType.L2);

    public bool IsTrained => Fact("trained", 1) != 0;

    public bool IsKnown => Class != UnknownClass;

    /// <summary>Gets a value indicating whether the library describes all parts.</summary>
    public bool IsWhollyKnown => IsKnown && Parts.All(part => part.IsWhollyKnown);

    /// <summary>Gets the four-letter code of the class in files; empty for a class that FAISS does not write, or an unknown part.</summary>
    public string Code => _code ??= CodeOf();

    /// <summary>Gets a text that is equal for parts of the same classes and sizes.</summary>
    public string Shape => $"{Class}:{Dimension}:{ListCount}({string.Join(' ', Parts.Select(part => part.Shape))})";

    /// <summary>Gets this part and all parts below it, each after the one that contains it.</summary>
    public IndexPart[] All => _all ??= [this, .. Parts.SelectMany(part => part.All)];

    /// <summary>Gets the parts that hold the vectors of this one: all except quantizers and transforms, and what is below those.</summary>
    public IndexPart[] VectorParts => _vectorParts ??= [this, .. Parts.Where(part => part.HoldsVectors).SelectMany(part => part.VectorParts)];

    /// <summary>Gets this part and the parts that decode and reconstruct its vectors.</summary>
    public IEnumerable<IndexPart> Decoders => (Decoder?.Decoders ?? []).Prepend(this);

    /// <summary>Gets the part below all transforms and ID maps; the part itself if there are none.</summary>
    public IndexPart Innermost => Parts.FirstOrDefault(part => part.Role == "index")?.Innermost ?? this;

    /// <summary>Gets the part that decodes and reconstructs the vectors of this one, or <see langword="null"/> if the part does that itself.</summary>
    public IndexPart? Decoder { get; } = Parts.FirstOrDefault(part => part.Role is "index" or "refine" or "replica" or "storage");

    /// <summary>Gets the part that a refining index searches first, or <see langword="null"/>.</summary>
    public IndexPart? Base => Parts.FirstOrDefault(part => part.Role == "base");

    /// <summary>Returns whether a part that holds vectors has one of these codes, or may have because the library does not show it.</summary>
    public bool MayHold(IReadOnlyList<string> codes) =>
        VectorParts.Any(part => !part.IsTransform && (codes.Contains(part.Code) || (!part.IsKnown && part.Code.Length == 0 && part.Role is "shard" or "replica")));

    /// <summary>Returns whether a part has one of these codes.</summary>
    public bool Contains(IReadOnlyList<string> codes) => All.Any(part => !part.IsTransform && codes.Contains(part.Code));

    /// <summary>Returns a numeric fact, or <paramref name="missing"/> if the part does not have it.</summary>
    public long Fact(string name, long missing) => Facts.TryGetValue(name, out var value) ? (long)double.Parse(value, CultureInfo.InvariantCulture) : missing;

    /// <summary>Returns a fact, or an empty string if the part does not have it.</summary>
    public string Text(string name) => Facts.GetValueOrDefault(name, "");

    private unsafe string CodeOf() =>
        Object == 0 ? Text("code")
        : IsBinary ? BinaryIndexKind.Of((Interop.FaissIndexBinary*)Object).Outer
        : IndexKind.CodeOf((Interop.FaissIndex*)Object);
}
