namespace FaissSdk.Generator;

/// <summary>Resolves the names of C types and maps them to C#.</summary>
internal sealed class TypeTable(IReadOnlyDictionary<string, string> remap, IReadOnlyDictionary<string, CType> typedefs, IReadOnlySet<string> tags)
{
    // On all supported platforms, C's long has the size of a pointer ("unix-types").
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

    /// <summary>Returns the C# name of a struct or an enum.</summary>
    public string CSharpName(string tag) => remap.TryGetValue(tag, out var name) ? name : tag;

    /// <summary>Returns whether the headers, or headers that they include, declare a type of this name.</summary>
    public bool Knows(string name) => tags.Contains(name) || typedefs.ContainsKey(name);

    /// <summary>Returns whether a name is that of a C# integer type.</summary>
    public static bool IsInteger(string name) => Integers.ContainsKey(name);

    /// <summary>Returns whether a C type is an integer with the size and signedness of a C# integer type.</summary>
    public bool IsInteger(CType type, string name) =>
        Canonical(type) is CType.Named { Name: var canonical } && BuiltIn.TryGetValue(canonical, out var builtIn) && Integers.TryGetValue(builtIn, out var integer) && integer == Integers[name];

    /// <summary>Returns the C# spelling of a type.</summary>
    public string CSharp(CType type, SourceLocation location) => type switch
    {
        CType.Pointer { Target: CType.Function function } => FunctionPointer(function, location),
        CType.Pointer pointer => CSharp(pointer.Target, location) + "*",
        CType.Named { Name: var name } when remap.TryGetValue(name, out var mapped) => mapped,
        CType.Named { Name: var name } when BuiltIn.TryGetValue(name, out var builtIn) => builtIn,
        CType.Named { Name: var name } when tags.Contains(name) => name,
        CType.Named { Name: var name } when typedefs.TryGetValue(name, out var target) => CSharp(target, location),
        _ => throw new GeneratorException(location, $"the second engine does not support the type '{type}'"),
    };

    /// <summary>Resolves all typedefs in a type. To a C compiler, two types with equal results are the same type.</summary>
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
