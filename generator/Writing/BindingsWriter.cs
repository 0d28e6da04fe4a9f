using System.Text;

namespace FaissSdk.Generator;

/// <summary>Writes the declarations of headers exactly as ClangSharp does: the second engine.</summary>
/// <remarks>
/// It exists because ClangSharpPInvokeGenerator cannot be restored from every package feed. Once it can, wherever FaissSdk is built,
/// delete the second engine and let scripts/regenerate-bindings.sh require ClangSharp. This class goes, with <see cref="Bindings.Compare"/>,
/// the option <c>--compare</c> and the tests of the two engines; <see cref="Bindings.Write"/> keeps the union of all versions, with
/// files that ClangSharp writes, for <c>removed/</c> from a header of the prototypes in the history.
/// The folder Headers stays, since <c>verify</c>, <c>diff</c> and <c>history</c> read headers with it.
/// </remarks>
internal sealed class BindingsWriter(ApiModel model, ResponseFile response)
{
    private static readonly HashSet<string> Keywords = [.. "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while".Split(' ')];

    /// <summary>Returns the text of every file, by name.</summary>
    public IReadOnlyDictionary<string, string> WriteAll()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in model.Headers.Where(header => header.Types.Count + header.Functions.Count > 0))
        {
            var name = Path.GetFileNameWithoutExtension(header.Path) + ".g.cs";
            if (!files.TryAdd(name, Write(header.Types, header.Functions)))
            {
                throw new GeneratorException($"{header.Path}: another header is also written to {name}");
            }
        }

        return files;
    }

    /// <summary>Returns the text of one file.</summary>
    public string Write(IReadOnlyList<ApiType> types, IReadOnlyList<ApiFunction> functions) =>
        Write([.. types.Select(type => type is ApiEnum @enum ? Enum(@enum) : Struct((ApiStruct)type))], [.. functions.Select(Function)]);

    /// <summary>Returns the text of one file with types and functions that are written already.</summary>
    public string Write(IReadOnlyList<string> types, IReadOnlyList<string> functions)
    {
        var text = new StringBuilder(response.Header).Append("\n\n");
        if (functions.Any(function => function.Contains("[DllImport(", StringComparison.Ordinal)))
        {
            text.Append("using System.Runtime.InteropServices;\n\n");
        }

        text.Append($"namespace {response.Namespace}\n{{\n");
        var blocks = types.ToList();
        if (functions.Count > 0)
        {
            blocks.Add($"    public static unsafe partial class {response.MethodClassName}\n    {{\n{string.Join("\n", functions)}    }}\n");
        }

        return text.Append(string.Join("\n", blocks)).Append("}\n").ToString();
    }

    private string Enum(ApiEnum type)
    {
        var text = new StringBuilder();
        if (!type.IsSigned)
        {
            text.Append("    [NativeTypeName(\"unsigned int\")]\n");
        }

        text.Append($"    public enum {model.Types.CSharpName(type.Name)}\n    {{\n");
        foreach (var member in type.Members)
        {
            text.Append($"        {Escape(member.Name)}{(member.Expression is null ? "" : " = " + member.Expression)},\n");
        }

        return text.Append("    }\n").ToString();
    }

    private string Struct(ApiStruct type)
    {
        // FAISS's macro for a class makes the tag NAME_H, which would become a public name.
        if (type.Name.EndsWith("_H", StringComparison.Ordinal) && !response.Remap.ContainsKey(type.Name))
        {
            throw new GeneratorException(type.Location, $"the class {type.Name[..^2]} would be bound as {type.Name}; add {type.Name}={type.Name[..^2]} to --remap in generator/faiss.rsp");
        }

        var fields = type.Fields.Select(field => $"{Attribute("", field, "\n        ")}public {CSharp(field)} {Escape(field.Name)};\n").ToArray();
        var isUnsafe = type.Fields.Any(field => CSharp(field).Contains('*', StringComparison.Ordinal)) ? "unsafe " : "";
        return $"    public {isUnsafe}partial struct {model.Types.CSharpName(type.Name)}\n    {{\n{string.Join("\n", fields.Select(field => "        " + field))}    }}\n";
    }

    /// <summary>Returns the text of a function.</summary>
    public string Function(ApiFunction function)
    {
        var returns = Attribute("return: ", function.Return, "\n        ");
        var parameters = string.Join(", ", function.Parameters.Select((parameter, i) =>
            $"{Attribute("", parameter, " ")}{CSharp(parameter)} {(parameter.Name.Length == 0 ? $"param{i}" : Escape(parameter.Name))}"));
        var signature = $"{CSharp(function.Return)} {function.Name}({parameters})";
        return function.Call is null
            ? $"        [DllImport(\"{response.LibraryPath}\", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]\n        {returns}public static extern {signature};\n"
            : $"        {returns}public static {signature}\n        {{\n            {function.Call};\n        }}\n";
    }

    // The attribute is written only if C# spells the type differently.
    private string Attribute(string target, ApiVariable variable, string separator) =>
        variable.Spelling.Replace(" ", "", StringComparison.Ordinal) == CSharp(variable) ? "" : $"[{target}NativeTypeName(\"{variable.Spelling}\")]{separator}";

    private string CSharp(ApiVariable variable) => model.Types.CSharp(variable.Type, variable.Location);

    private static string Escape(string name) => Keywords.Contains(name) ? "@" + name : name;
}
