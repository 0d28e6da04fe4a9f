namespace FaissSdk.Cli;

/// <summary>Represents an index of a file, or a part of one.</summary>
/// <param name="Role">What it is to the index that contains it, such as "quantizer"; empty for the index itself.</param>
/// <param name="Code">FAISS's code of four letters; empty for a part that has none.</param>
/// <param name="Kind">The name of the class in FAISS; "unknown" if the code is unknown.</param>
internal sealed record IndexNode(string Role, string Code, string Kind)
{
    public const string Unknown = "unknown";

    /// <summary>Gets the numbers and names that describe the part, in the order of the file.</summary>
    public List<IndexFact> Facts { get; } = [];

    public List<IndexNode> Parts { get; } = [];

    /// <summary>Gets or sets why the rest of the part is not described; null if all of it is.</summary>
    public string? Note { get; set; }

    public bool IsUnknown => Kind == Unknown;

    /// <summary>Adds a fact.</summary>
    /// <param name="name">The name in JSON.</param>
    /// <param name="value">An integer, a number, a Boolean or a text.</param>
    /// <param name="text">The text for readers.</param>
    public void Add(string name, object value, FormattableString text) => Facts.Add(new IndexFact(name, value, FormattableString.Invariant(text)));

    public IEnumerable<IndexNode> Descendants() => Parts.SelectMany(part => part.Descendants()).Prepend(this);
}

/// <summary>Represents a fact about a part of an index.</summary>
internal sealed record IndexFact(string Name, object Value, string Text);
