namespace FaissSdk.Generator;

/// <summary>The C API of one FAISS version as its headers declare it.</summary>
/// <param name="Headers">The headers that declare something, in ordinal order.</param>
/// <param name="Types">What the names of types stand for.</param>
internal sealed record ApiModel(IReadOnlyList<ApiHeader> Headers, TypeTable Types)
{
    public IEnumerable<ApiFunction> Functions => Headers.SelectMany(header => header.Functions);

    public IEnumerable<ApiStruct> Structs => Headers.SelectMany(header => header.Types).OfType<ApiStruct>();

    public IEnumerable<ApiEnum> Enums => Headers.SelectMany(header => header.Types).OfType<ApiEnum>();
}

/// <summary>What one header declares, in its order.</summary>
/// <param name="Path">The header, relative to c_api.</param>
internal sealed record ApiHeader(string Path, IReadOnlyList<ApiType> Types, IReadOnlyList<ApiFunction> Functions);

/// <summary>A struct or an enum.</summary>
internal abstract record ApiType(string Name, SourceLocation Location);

/// <summary>A struct; opaque ones have no fields.</summary>
internal sealed record ApiStruct(string Name, SourceLocation Location, IReadOnlyList<ApiVariable> Fields) : ApiType(Name, Location);

/// <summary>An enum, unsigned unless a member is negative.</summary>
internal sealed record ApiEnum(string Name, SourceLocation Location, IReadOnlyList<ApiEnumMember> Members) : ApiType(Name, Location)
{
    public bool IsSigned => Members.Any(member => member.Value < 0);
}

/// <summary>A member of an enum.</summary>
/// <param name="Expression">The value as the header spells it, or <see langword="null"/> where it leaves it out.</param>
internal sealed record ApiEnumMember(string Name, SourceLocation Location, long Value, string? Expression);

/// <summary>A field or a parameter.</summary>
/// <param name="Name">Its name, empty where a parameter has none.</param>
/// <param name="Spelling">Its type as the header spells it.</param>
internal sealed record ApiVariable(string Name, SourceLocation Location, string Spelling, CType Type);

/// <summary>A function.</summary>
/// <param name="Call">What an inline function calls in its one statement, or <see langword="null"/>.</param>
internal sealed record ApiFunction(string Name, SourceLocation Location, ApiVariable Return, IReadOnlyList<ApiVariable> Parameters, string? Call);
