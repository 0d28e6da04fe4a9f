using System.Runtime.InteropServices;

namespace FaissSdk.Generator;

/// <summary>Holds the compiled raw layer against headers as a C compiler reads them, and against a library.</summary>
internal sealed class Verification
{
    private readonly List<string> _faults = [];
    private readonly List<string> _notes = [];

    private Verification()
    {
    }

    /// <summary>What is wrong, each with file and line of the header.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>What is known and no fault of ours.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public int FunctionsChecked { get; private set; }

    public static Verification Run(string headers, AssemblyApi assembly, ResponseFile response, ApiHistory history)
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

        foreach (var name in assembly.Methods.Keys.Where(name => !declared.Contains(name) && !history.Functions.ContainsKey(name)))
        {
            verification._faults.Add($"{name}: bound, but in no version of the headers that the history knows");
        }

        return verification;
    }

    /// <summary>Notes the functions that the headers declare and a library lacks; those that FAISS never defines are no fault.</summary>
    public void CheckLibrary(string path, string headers, ResponseFile response)
    {
        if (!NativeLibrary.TryLoad(Path.GetFullPath(path), out var library))
        {
            throw new GeneratorException($"{path}: could not be loaded");
        }

        foreach (var function in ApiReader.Read(HeaderTree.Open(headers), response).Functions.Where(function => function.Call is null && !NativeLibrary.TryGetExport(library, function.Name, out _)))
        {
            if (UpstreamFaults.NeverDefined.TryGetValue(function.Name, out var reason))
            {
                _notes.Add($"{function.Location}: {function.Name} is not in the library: {reason}");
            }
            else
            {
                _faults.Add($"{function.Location}: {function.Name} is declared, but {path} does not export it");
            }
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
                Fault(function.Location, $"{function.Name} is bound to {method.EntryPoint ?? "no function"} of {method.Library ?? "no library"}");
            }

            var expected = function.Parameters.Select((parameter, i) => new AssemblyApi.Parameter(CSharp(model, parameter), parameter.Name.Length == 0 ? $"param{i}" : parameter.Name)).ToArray();
            if (method.Return != CSharp(model, function.Return))
            {
                Fault(function.Location, $"{function.Name} returns {CSharp(model, function.Return)} ('{function.Return.Spelling}'), bound as {method.Return}");
            }

            if (!method.Parameters.SequenceEqual(expected))
            {
                Fault(function.Location, $"{function.Name} takes ({string.Join(", ", expected.Select(p => $"{p.Type} {p.Name}"))}), bound as ({string.Join(", ", method.Parameters.Select(p => $"{p.Type} {p.Name}"))})");
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
                if (!bound.TryGetValue(member.Name, out var value) || value != member.Value)
                {
                    Fault(member.Location, $"{type.Name}.{member.Name} is {member.Value}, bound as {(bound.ContainsKey(member.Name) ? value : "nothing")}");
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
        var constants = new Queue<long>(defined.Length == 0 ? [] : ApiReader.Evaluate(tree, response, [.. defined.SelectMany(type =>
            type.Fields.Select(field => $"__builtin_offsetof({type.Name}, {field.Name})").Append($"sizeof({type.Name})"))]));
        foreach (var type in model.Structs)
        {
            if (!assembly.Structs.TryGetValue(model.Types.CSharpName(type.Name), out var bound))
            {
                Fault(type.Location, $"struct {type.Name} is declared, but not bound");
                for (var i = 0; i <= type.Fields.Count && type.Fields.Count > 0; i++)
                {
                    constants.Dequeue();
                }

                continue;
            }

            var expected = type.Fields.Select(field => $"{CSharp(model, field)} {field.Name}").ToArray();
            var actual = bound.Fields.Select(field => $"{field.Type.Name} {field.Name}").ToArray();
            if (!expected.SequenceEqual(actual))
            {
                Fault(type.Location, $"struct {type.Name} has the fields {{ {string.Join("; ", expected)} }}, bound as {{ {string.Join("; ", actual)} }}");
            }

            if (type.Fields.Count == 0)
            {
                continue;
            }

            var layout = Enumerable.Range(0, type.Fields.Count + 1).Select(_ => (int)constants.Dequeue()).ToArray();
            if (!layout.SequenceEqual(bound.Layout()))
            {
                Fault(type.Location, $"struct {type.Name} is laid out as {string.Join(", ", layout)} (offsets, then size), bound as {string.Join(", ", bound.Layout())}");
            }
        }
    }

    private static string CSharp(ApiModel model, ApiVariable variable) => model.Types.CSharp(variable.Type, variable.Location);

    private void Fault(SourceLocation location, string text) => _faults.Add($"{location}: {text}");
}
