namespace FaissSdk.Generator;

/// <summary>The C API that the headers of one FAISS version declare.</summary>
/// <param name="Headers">The headers with declarations, in ordinal order.</param>
/// <param name="Types">The meaning of the type names.</param>
internal sealed record ApiModel(IReadOnlyList<ApiHeader> Headers, TypeTable Types)
{
    public IEnumerable<ApiFunction> Functions => Headers.SelectMany(header => header.Functions);

    public IEnumerable<ApiStruct> Structs => Headers.SelectMany(header => header.Types).OfType<ApiStruct>();

    public IEnumerable<ApiEnum> Enums => Headers.SelectMany(header => header.Types).OfType<ApiEnum>();
}

/// <summary>The declarations of one header, in their order.</summary>
/// <param name="Path">The header, relative to c_api.</param>
internal sealed record ApiHeader(string Path, IReadOnlyList<ApiType> Types, IReadOnlyList<ApiFunction> Functions);

/// <summary>A struct or an enum.</summary>
internal abstract record ApiType(string Name, SourceLocation Location);

/// <summary>A struct; an opaque struct has no fields.</summary>
internal sealed record ApiStruct(string Name, SourceLocation Location, IReadOnlyList<ApiVariable> Fields) : ApiType(Name, Location);

/// <summary>An enum; it is unsigned unless a member is negative.</summary>
internal sealed record ApiEnum(string Name, SourceLocation Location, IReadOnlyList<ApiEnumMember> Members) : ApiType(Name, Location)
{
    public bool IsSigned => Members.Any(member => member.Value < 0);
}

/// <summary>A member of an enum.</summary>
/// <param name="Expression">The value as the header spells it, or <see langword="null"/> if the header gives none.</param>
internal sealed record ApiEnumMember(string Name, SourceLocation Location, long Value, string? Expression);

/// <summary>A field or a parameter.</summary>
/// <param name="Name">The name, which is empty for an unnamed parameter.</param>
/// <param name="Spelling">The type as the header spells it.</param>
internal sealed record ApiVariable(string Name, SourceLocation Location, string Spelling, CType Type);

/// <summary>A function.</summary>
/// <param name="Call">The call that is the body of an inline function, or <see langword="null"/> for a function of the library.</param>
internal sealed record ApiFunction(string Name, SourceLocation Location, ApiVariable Return, IReadOnlyList<ApiVariable> Parameters, string? Call);
