using System.Runtime.InteropServices;

namespace FaissSdk.Generator;

/// <summary>Compares the compiled raw layer with headers as a C compiler reads them, and a library with its headers.</summary>
internal sealed class Verification
{
    private readonly List<string> _faults = [];
    private readonly List<string> _notes = [];

    private Verification()
    {
    }

    /// <summary>Gets the faults, each with file and line of the header.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Gets the differences that are faults of FAISS.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public int FunctionsChecked { get; private set; }

    /// <summary>Returns whether a function is one that FaissSdk adds to the C API.</summary>
    public static bool IsOwn(string function) => function.StartsWith("faiss_sdk_", StringComparison.Ordinal);

    public static Verification Run(string headers, AssemblyApi assembly, ResponseFile response, ApiHistory history, string? extensions = null)
    {
        var verification = new Verification();
        var declared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var gpu in new[] { false, true })
        {
            var tree = HeaderTree.Open(headers, gpu);
            if (tree.Headers.Count > 0)
            {
                var model = ApiReader.Read(tree, response);
                declared.UnionWith(model.Functions.Select(function => function.Name));
                verification.CheckFunctions(model, assembly, response);
                verification.CheckEnums(model, assembly, history);
                verification.CheckStructs(tree, model, assembly, response);
            }
        }

        if (extensions is not null)
        {
            var added = ApiReader.Read(HeaderTree.OpenExtensions(extensions, headers), response);
            declared.UnionWith(added.Functions.Select(function => function.Name));
            verification.CheckFunctions(added, assembly, response);
            verification.CheckRecorded(added, history);
        }

        foreach (var name in assembly.Methods.Keys.Where(name => !declared.Contains(name) && !(extensions is null && IsOwn(name)) && !history.Functions.ContainsKey(name)))
        {
            verification._faults.Add($"{name}: bound, but declared by no version in the history");
        }

        return verification;
    }

    /// <summary>Compares the exports of a library with the functions that the headers declare; those that FAISS never defines become notes.</summary>
    public void CheckLibrary(string path, string headers, ResponseFile response)
    {
        if (!NativeLibrary.TryLoad(Path.GetFullPath(path), out var library))
        {
            throw new GeneratorException($"{path}: the library could not be loaded");
        }

        foreach (var function in ApiReader.Read(HeaderTree.Open(headers), response).Functions.Where(function => function.Call is null && !NativeLibrary.TryGetExport(library, function.Name, out _)))
        {
            if (UpstreamFaults.NeverDefined.TryGetValue(function.Name, out var reason))
            {
                _notes.Add($"{function.Location}: the library lacks {function.Name}: {reason}");
            }
            else
            {
                _faults.Add($"{function.Location}: {function.Name} is declared, but not exported by {path}");
            }
        }
    }

    private void CheckRecorded(ApiModel own, ApiHistory history)
    {
        foreach (var function in own.Functions.Where(function => history.Extensions.GetValueOrDefault(function.Name)?.Declaration != function.Prototype()))
        {
            Fault(function.Location, $"the history does not record {function.Prototype()}; run the command extensions");
        }
    }

    private void CheckFunctions(ApiModel model, AssemblyApi assembly, ResponseFile response)
    {
        foreach (var function in model.Functions)
        {
            FunctionsChecked++;
            if (!assembly.Methods.TryGetValue(function.Name, out var method))
            {
                Fault(function.Location, $"{function.Name} is declared, but not bound");
                continue;
            }

            if (function.Call is null && (method.Library != response.LibraryPath || method.EntryPoint != function.Name))
            {
                Fault(function.Location, $"{function.Name} is bound to the function {method.EntryPoint ?? "(none)"} of the library {method.Library ?? "(none)"}");
            }

            var expected = function.Parameters.Select((parameter, i) => new AssemblyApi.Parameter(CSharp(model, parameter), parameter.Name.Length == 0 ? $"param{i}" : parameter.Name)).ToArray();
            if (method.Return != CSharp(model, function.Return))
            {
                Fault(function.Location, $"{function.Name} returns {CSharp(model, function.Return)} ('{function.Return.Spelling}'), but is bound as returning {method.Return}");
            }

            if (!method.Parameters.SequenceEqual(expected))
            {
                Fault(function.Location, $"{function.Name} has the parameters ({string.Join(", ", expected.Select(p => $"{p.Type} {p.Name}"))}), but is bound with ({string.Join(", ", method.Parameters.Select(p => $"{p.Type} {p.Name}"))})");
            }
        }
    }

    private void CheckEnums(ApiModel model, AssemblyApi assembly, ApiHistory history)
    {
        foreach (var type in model.Enums)
        {
            if (!assembly.Enums.TryGetValue(model.Types.CSharpName(type.Name), out var bound))
            {
                Fault(type.Location, $"enum {type.Name} is declared, but not bound");
                continue;
            }

            foreach (var member in type.Members)
            {
                if (!bound.TryGetValue(member.Name, out var value))
                {
                    Fault(member.Location, $"{type.Name}.{member.Name} is declared, but not bound");
                }
                else if (value != member.Value)
                {
                    Fault(member.Location, $"{type.Name}.{member.Name} is {member.Value}, but is bound as {value}");
                }
            }

            foreach (var name in bound.Keys.Where(name => type.Members.All(member => member.Name != name) && !history.EnumMembers.ContainsKey($"{type.Name}.{name}")))
            {
                Fault(type.Location, $"{type.Name}.{name} is bound, but not declared");
            }
        }
    }

    private void CheckStructs(HeaderTree tree, ApiModel model, AssemblyApi assembly, ResponseFile response)
    {
        var defined = model.Structs.Where(type => type.Fields.Count > 0).ToArray();
        var constants = defined.Length == 0 ? null : ApiReader.Evaluate(tree, response, [.. defined.SelectMany(LayoutExpressions)]);
        foreach (var type in model.Structs)
        {
            if (!assembly.Structs.TryGetValue(model.Types.CSharpName(type.Name), out var bound))
            {
                Fault(type.Location, $"struct {type.Name} is declared, but not bound");
                continue;
            }

            var expected = type.Fields.Select(field => $"{CSharp(model, field)} {field.Name}").ToArray();
            var actual = bound.Fields.Select(field => $"{field.Type.Name} {field.Name}").ToArray();
            if (!expected.SequenceEqual(actual))
            {
                Fault(type.Location, $"struct {type.Name} has the fields {{ {string.Join("; ", expected)} }}, but is bound with {{ {string.Join("; ", actual)} }}");
            }

            if (type.Fields.Count > 0 && LayoutExpressions(type).Select(expression => (int)constants![expression]).ToArray() is var layout && !layout.SequenceEqual(bound.Layout()))
            {
                Fault(type.Location, $"struct {type.Name} has the layout {string.Join(", ", layout)} (offsets, then size), but is bound with {string.Join(", ", bound.Layout())}");
            }
        }
    }

    // The same order as AssemblyApi.Struct.Layout: the offset of every field, then the size. A typedef may have another name than its struct.
    private static IEnumerable<string> LayoutExpressions(ApiStruct type) =>
        type.Fields.Select(field => $"__builtin_offsetof(struct {type.Name}, {field.Name})").Append($"sizeof(struct {type.Name})");

    private static string CSharp(ApiModel model, ApiVariable variable) => model.Types.CSharp(variable.Type, variable.Location);

    private void Fault(SourceLocation location, string text) => _faults.Add($"{location}: {text}");
}
