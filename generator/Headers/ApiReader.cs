using System.Globalization;

namespace FaissSdk.Generator;

/// <summary>Reads the declarations of a header tree with clang. An unsupported construct is an error with file and line, never a guess.</summary>
internal sealed class ApiReader
{
    /// <summary>The name that clang gives to source from standard input.</summary>
    private const string StandardInput = "<stdin>";

    private readonly HeaderTree _tree;
    private readonly Dictionary<string, (List<ApiType> Types, List<ApiFunction> Functions)> _headers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CType> _typedefs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);
    private readonly HashSet<string> _functions = new(StringComparer.Ordinal);

    private ApiReader(HeaderTree tree) => _tree = tree;

    /// <summary>Reads all headers of a tree.</summary>
    public static ApiModel Read(HeaderTree tree, ResponseFile response) => new ApiReader(tree).Read(Parse(tree, response, ""), response);

    /// <summary>Reads functions from prototypes that use the types of a header tree.</summary>
    public static IReadOnlyList<ApiFunction> ReadPrototypes(HeaderTree tree, ResponseFile response, IEnumerable<string> prototypes, out TypeTable types)
    {
        var model = new ApiReader(tree).Read(Parse(tree, response, string.Concat(prototypes.Select(prototype => prototype + ";\n"))), response);
        types = model.Types;
        return [.. model.Headers.Where(header => header.Path == StandardInput).SelectMany(header => header.Functions)];
    }

    /// <summary>Evaluates integer constants that use the types of a header tree, and returns their values by expression.</summary>
    public static IReadOnlyDictionary<string, long> Evaluate(HeaderTree tree, ResponseFile response, IReadOnlyList<string> expressions)
    {
        var source = $"enum faiss_sdk_constants {{ {string.Join(", ", expressions.Select((expression, i) => $"faiss_sdk_{i} = {expression}"))} }};\n";
        var constants = Parse(tree, response, source).Inner.Single(node => node.Kind == "EnumDecl" && node.Name == "faiss_sdk_constants");
        return expressions.Zip(constants.Inner, (expression, member) => (expression, Value: long.Parse(Value(member)!, CultureInfo.InvariantCulture))).ToDictionary(pair => pair.expression, pair => pair.Value, StringComparer.Ordinal);

        // The evaluated constant may be nested in casts.
        static string? Value(AstNode node) => node.Kind == "ConstantExpr" ? node.Text("value") : node.Inner.Select(Value).FirstOrDefault(value => value is not null);
    }

    private static AstNode Parse(HeaderTree tree, ResponseFile response, string source) =>
        Clang.Parse(string.Concat(tree.Prerequisites.Concat(tree.Headers).Select(header => $"#include \"{header}\"\n")) + source, response.Standard, [.. tree.IncludeFolders, CudaFolder]);

    private static string CudaFolder => Path.Combine(AppContext.BaseDirectory, "cuda");

    private ApiModel Read(AstNode unit, ResponseFile response)
    {
        var defined = unit.Inner.Where(node => node.Kind == "RecordDecl" && node.Flag("completeDefinition")).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in unit.Inner)
        {
            switch (node.Kind)
            {
                case "TypedefDecl":
                    ReadTypedef(node, response);
                    break;
                case "RecordDecl":
                    ReadRecord(node, defined);
                    break;
                case "EnumDecl":
                    ReadEnum(node);
                    break;
                case "FunctionDecl":
                    ReadFunction(node);
                    break;
                default:
                    if (HeaderOf(node) is not null)
                    {
                        throw Unsupported(node, $"{node.Kind} {node.Name}".TrimEnd());
                    }

                    break;
            }
        }

        var headers = _tree.Headers
            .Append(StandardInput)
            .Where(_headers.ContainsKey)
            .Select(path => new ApiHeader(path, _headers[path].Types, _headers[path].Functions))
            .ToArray();
        return new ApiModel(headers, new TypeTable(response.Remap, _typedefs, _tags));
    }

    private void ReadTypedef(AstNode node, ResponseFile response)
    {
        try
        {
            var type = CType.Parse(node.Type, LocationOf(node));

            // "typedef struct X X" names the struct itself.
            if (type is not CType.Named named || named.Name != node.Name)
            {
                _typedefs.TryAdd(node.Name, type);
            }

            // Integer typedefs are mapped by name, so their type is checked: with another one, every use would be bound wrongly.
            if (response.Remap.TryGetValue(node.Name, out var mapped) && TypeTable.IsInteger(mapped) && !new TypeTable(new Dictionary<string, string>(), _typedefs, _tags).IsInteger(type, mapped))
            {
                throw new GeneratorException(LocationOf(node), $"{node.Name} is mapped to {mapped}, but declared as '{node.Type}'");
            }
        }
        catch (GeneratorException) when (HeaderOf(node) is null)
        {
            // The C library's headers may contain any construct; only the types in use must be supported, which is checked at their use.
        }
    }

    private void ReadRecord(AstNode node, HashSet<string> defined)
    {
        var isFirst = node.Name.Length > 0 && _tags.Add(node.Name);
        if (HeaderOf(node) is not { } header)
        {
            return;
        }

        if (node.Name.Length == 0 || node.Text("tagUsed") != "struct")
        {
            throw Unsupported(node, node.Name.Length == 0 ? "a struct without a name" : $"{node.Text("tagUsed")} {node.Name}");
        }

        // A struct belongs to the header that defines it or, if none does, to the one that names it first.
        if (defined.Contains(node.Name) ? !node.Flag("completeDefinition") : !isFirst)
        {
            return;
        }

        var fields = new List<ApiVariable>();
        foreach (var field in node.Inner.Where(field => !IsComment(field)))
        {
            if (field.Kind != "FieldDecl" || field.Name.Length == 0 || field.Flag("isBitfield"))
            {
                throw Unsupported(field, field.Name.Length == 0 ? $"{field.Kind} in struct {node.Name}" : $"the member {field.Name} of struct {node.Name}");
            }

            fields.Add(Variable(field));
        }

        Types(header).Add(new ApiStruct(node.Name, LocationOf(node), fields));
    }

    private void ReadEnum(AstNode node)
    {
        if (node.Name.Length > 0)
        {
            _tags.Add(node.Name);
        }

        if (HeaderOf(node) is not { } header)
        {
            return;
        }

        if (node.Name.Length == 0 || node.Has("fixedUnderlyingType"))
        {
            throw Unsupported(node, node.Name.Length == 0 ? "an enum without a name" : $"enum {node.Name} with an underlying type");
        }

        var members = new List<ApiEnumMember>();
        foreach (var member in node.Inner.Where(member => !IsComment(member)))
        {
            if (member.Kind != "EnumConstantDecl")
            {
                throw Unsupported(node, $"{member.Kind} on enum {node.Name}");
            }

            var initializer = member.Inner.FirstOrDefault(child => !IsComment(child));
            var value = initializer is null ? (members.Count == 0 ? 0 : members[^1].Value + 1) : long.Parse(initializer.Text("value") ?? throw Unsupported(member, $"the value of {member.Name}"), CultureInfo.InvariantCulture);
            members.Add(new ApiEnumMember(member.Name, LocationOf(member), value, initializer is null ? null : Expression(initializer)));
        }

        if (members.Any(member => member.Value is > int.MaxValue or < int.MinValue))
        {
            throw Unsupported(node, $"enum {node.Name} with a value outside the range of int");
        }

        Types(header).Add(new ApiEnum(node.Name, LocationOf(node), members));
    }

    private void ReadFunction(AstNode node)
    {
        if (HeaderOf(node) is not { } header || !_functions.Add(node.Name))
        {
            return;
        }

        if (node.Flag("variadic") || node.Text("storageClass") == "static")
        {
            throw Unsupported(node, $"the {(node.Flag("variadic") ? "variadic" : "static")} function {node.Name}");
        }

        var location = LocationOf(node);
        if (CType.Parse(node.Type, location) is not CType.Function type)
        {
            throw Unsupported(node, $"the type '{node.Type}' of {node.Name}");
        }

        var parameters = node.Inner.Where(child => child.Kind == "ParmVarDecl").Select(Parameter).ToArray();
        var body = node.Inner.FirstOrDefault(child => child.Kind == "CompoundStmt");
        var other = node.Inner.FirstOrDefault(child => child.Kind is not ("ParmVarDecl" or "CompoundStmt") && !IsComment(child));
        if (other is not null)
        {
            throw Unsupported(node, $"{other.Kind} on {node.Name}");
        }

        var spelling = node.Type[..node.Type.IndexOf('(', StringComparison.Ordinal)].TrimEnd();
        _headers[header].Functions.Add(new ApiFunction(node.Name, location, new ApiVariable("", location, spelling, type.Return), parameters, body is null ? null : Call(body, node)));
    }

    // ClangSharp annotates an array parameter as an array, whereas clang's tree shows only the pointer to which it decays.
    private ApiVariable Parameter(AstNode node) => node.IsDecayed ? throw Unsupported(node, $"the array or function parameter {node.Name}".TrimEnd()) : Variable(node);

    private ApiVariable Variable(AstNode node) => new(node.Name, LocationOf(node), node.Type, CType.Parse(node.Type, LocationOf(node)));

    private string Expression(AstNode node) => node.Kind switch
    {
        "ConstantExpr" or "ImplicitCastExpr" when node.Inner.Count == 1 => Expression(node.Inner[0]),
        "IntegerLiteral" => node.Text("value")!,
        "UnaryOperator" when node.Text("opcode") == "-" => "-" + Expression(node.Inner[0]),
        "DeclRefExpr" => node.ReferencedName!,
        _ => throw Unsupported(node, $"{node.Kind} in a constant"),
    };

    // The only inline function of the C API passes its parameters to another function.
    private string Call(AstNode body, AstNode function)
    {
        if (body.Inner is [{ Kind: "CallExpr" } call] && call.Inner.Select(Reference).ToArray() is [{ } callee, .. var arguments] && !arguments.Contains(null))
        {
            return $"{callee}({string.Join(", ", arguments)})";
        }

        throw Unsupported(function, $"the body of the inline function {function.Name}");

        static string? Reference(AstNode node) =>
            node.Kind == "ImplicitCastExpr" && node.Inner.Count == 1 ? Reference(node.Inner[0]) : node.Kind == "DeclRefExpr" ? node.ReferencedName : null;
    }

    private List<ApiType> Types(string header) => _headers[header].Types;

    // Returns the header of the tree that declares the node, or null.
    private string? HeaderOf(AstNode node)
    {
        if (node.Location.File is not { Length: > 0 } file)
        {
            return null;
        }

        if (file == StandardInput)
        {
            _headers.TryAdd(StandardInput, ([], []));
            return StandardInput;
        }

        var path = Path.GetRelativePath(_tree.Root, Path.GetFullPath(file)).Replace('\\', '/');
        if (!_tree.Headers.Contains(path))
        {
            return null;
        }

        _headers.TryAdd(path, ([], []));
        return path;
    }

    private SourceLocation LocationOf(AstNode node) => HeaderOf(node) is { } header ? node.Location with { File = header } : node.Location;

    private GeneratorException Unsupported(AstNode node, string construct) => new(LocationOf(node), $"the second engine does not support {construct}");

    private static bool IsComment(AstNode node) => node.Kind == "FullComment";
}
