namespace FaissSdk.Sequences;

/// <summary>The SDK broke a promise.</summary>
/// <param name="kind">The kind of fault, in a word or two.</param>
/// <param name="details">What was expected and what was found.</param>
internal sealed class Fault(string kind, string details) : Exception(details)
{
    public string Kind { get; } = kind;
}
