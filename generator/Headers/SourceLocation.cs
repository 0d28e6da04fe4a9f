namespace FaissSdk.Generator;

/// <summary>A line of a header.</summary>
internal readonly record struct SourceLocation(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}
