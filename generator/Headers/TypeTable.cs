namespace FaissSdk.Generator;

/// <summary>What the names of C types stand for, and how C# spells them.</summary>
internal sealed class TypeTable(IReadOnlyDictionary<string, string> remap, IReadOnlyDictionary<string, CType> typedefs, IReadOnlySet<string> tags)
{
    // C's long has the size of a pointer on the platforms there are builds for ("unix-types").
    private static readonly Dictionary<string, string> BuiltIn = new(StringComparer.Ordinal)
    {
        ["void"] = "void",
        ["char"] = "sbyte",
        ["signed char"] = "sbyte",
        ["unsigned char"] = "byte",
        ["short"] = "short",
        ["unsigned short"] = "ushort",
        ["int"] = "int",
        ["unsigned int"] = "uint",
        ["long"] = "nint",
        ["unsigned long"] = "nuint",
        ["long long"] = "long",
        ["unsigned long long"] = "ulong",
        ["float"] = "float",
        ["double"] = "double",
    };

    private static readonly Dictionary<string, (int Size, bool IsSigned)> Integers = new(StringComparer.Ordinal)
    {
        ["sbyte"] = (1, true),
        ["byte"] = (1, false),
        ["short"] = (2, true),
        ["ushort"] = (2, false),
        ["int"] = (4, true),
        ["uint"] = (4, false),
        ["long"] = (8, true),
        ["ulong"] = (8, false),
        ["nint"] = (8, true),
        ["nuint"] = (8, false),
    };

    /// <summary>The name C# has for a struct or an enum.</summary>
    public string CSharpName(string tag) => remap.TryGetValue(tag, out var name) ? name : tag;

    /// <summary>Whether C# has an integer of this name.</summary>
    public static bool IsInteger(string name) => Integers.ContainsKey(name);

    /// <summary>Whether a type is an integer of the size and the sign of one of C#.</summary>
    public bool IsInteger(CType type, string name) =>
        Canonical(type) is CType.Named { Name: var canonical } && BuiltIn.TryGetValue(canonical, out var builtIn) && Integers.TryGetValue(builtIn, out var integer) && integer == Integers[name];

    /// <summary>The C# spelling of a type.</summary>
    public string CSharp(CType type, SourceLocation location) => type switch
    {
        CType.Pointer { Target: CType.Function function } => FunctionPointer(function, location),
        CType.Pointer pointer => CSharp(pointer.Target, location) + "*",
        CType.Named { Name: var name } when remap.TryGetValue(name, out var mapped) => mapped,
        CType.Named { Name: var name } when BuiltIn.TryGetValue(name, out var builtIn) => builtIn,
        CType.Named { Name: var name } when tags.Contains(name) => name,
        CType.Named { Name: var name } when typedefs.TryGetValue(name, out var target) => CSharp(target, location),
        _ => throw new GeneratorException(location, $"the type '{type}' is of a form the second engine does not know"),
    };

    /// <summary>The type without typedefs: two types of equal canonical form are one type to a C compiler.</summary>
    public CType Canonical(CType type) => type switch
    {
        CType.Pointer pointer => pointer with { Target = Canonical(pointer.Target) },
        CType.Function function => function with { Return = Canonical(function.Return), Parameters = [.. function.Parameters.Select(Canonical)] },
        CType.Named { Name: var name } when !tags.Contains(name) && typedefs.TryGetValue(name, out var target) => Canonical(target) is var canonical && type.IsConst ? canonical with { IsConst = true } : canonical,
        _ => type,
    };

    private string FunctionPointer(CType.Function function, SourceLocation location) =>
        $"delegate* unmanaged[Cdecl]<{string.Join(", ", function.Parameters.Append(function.Return).Select(type => CSharp(type, location)))}>";
}
