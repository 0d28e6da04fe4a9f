using System.Text.RegularExpressions;

namespace FaissSdk.Generator;

/// <summary>The bindings of functions that FAISS has removed together with their types: as they were written while headers declared both.</summary>
internal sealed partial class RemovedFunctions
{
    private readonly Dictionary<string, string> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    /// <summary>Reads what generated folders hold; the first folder that has a declaration counts.</summary>
    public RemovedFunctions(params IEnumerable<string> folders)
    {
        foreach (var text in folders.Where(Directory.Exists).SelectMany(folder => Directory.GetFiles(folder, "*.g.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)).Select(File.ReadAllText))
        {
            foreach (Match match in Function().Matches(text))
            {
                _functions.TryAdd(match.Groups["name"].Value, match.Value);
            }

            foreach (Match match in Type().Matches(text))
            {
                _types.TryAdd(match.Groups["name"].Value, match.Value);
            }
        }
    }

    /// <summary>Returns the binding of a function as it was.</summary>
    /// <exception cref="GeneratorException">No folder holds it.</exception>
    public string TextOf(string name, string prototype) =>
        _functions.TryGetValue(name, out var text)
            ? text
            : throw new GeneratorException($"{prototype}: FAISS has removed the function and a type of it, and the generated folder does not hold it; restore bindings/Generated (git checkout), or write what the type stands for into the declaration in the history");

    /// <summary>Returns the types that bindings use, and the types that these use, as far as no other file declares them.</summary>
    /// <param name="bindings">The text of the bindings.</param>
    /// <param name="declared">The names of the types that other files declare; those that are returned are added.</param>
    public IReadOnlyList<string> TypesOf(string bindings, ISet<string> declared)
    {
        var found = new List<string>();
        foreach (var name in Word().Matches(bindings).Select(match => match.Value).Where(_types.ContainsKey))
        {
            if (declared.Add(name))
            {
                found.Add(_types[name]);
                found.AddRange(TypesOf(_types[name], declared));
            }
        }

        return found;
    }

    /// <summary>Returns the names of the types that a generated file declares.</summary>
    public static IEnumerable<string> NamesOfTypes(string text) => Type().Matches(text).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    // As BindingsWriter writes them.
    [GeneratedRegex(@"^ {8}(\[DllImport[^\n]*\n {8})?(\[return: [^\n]*\n {8})?public static (extern )?[^\n(]*\b(?<name>\w+)\([^\n]*\)(;|\n {8}\{\n[^\n]*\n {8}\})\n", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Function();

    [GeneratedRegex(@"^ {4}(\[NativeTypeName[^\n]*\n {4})?public (unsafe )?(partial struct|enum) (?<name>\w+)\n {4}\{\n([^\n]*\n)*? {4}\}\n", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Type();
}
