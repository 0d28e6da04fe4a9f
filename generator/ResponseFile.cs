namespace FaissSdk.Generator;

/// <summary>The mapping from C to C#, read from ClangSharp's response file so that both engines share it.</summary>
internal sealed class ResponseFile
{
    private static readonly HashSet<string> KnownConfiguration = ["latest-codegen", "single-file", "unix-types", "exclude-enum-operators"];

    private ResponseFile(IReadOnlyDictionary<string, List<string>> options, string path)
    {
        Standard = Single("--std");
        LibraryPath = Single("--libraryPath");
        MethodClassName = Single("--methodClassName");
        Namespace = Single("--namespace");
        Header = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Single("--headerFile"))).ReplaceLineEndings("\n").TrimEnd('\n');
        Remap = options["--remap"].Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

        // The second engine supports one value of each of these options, so a change must not go unnoticed.
        Require("--language", "c");
        Require("--with-access-specifier", "*=Public");
        Require("--with-type", "*=int");
        var unknown = options["--config"].Where(value => !KnownConfiguration.Contains(value)).Concat(KnownConfiguration.Except(options["--config"])).Order().ToArray();
        if (unknown.Length > 0)
        {
            throw new GeneratorException($"{path}: --config must be exactly {string.Join(", ", KnownConfiguration)}; these differ: {string.Join(", ", unknown)}");
        }

        string Single(string name) => options.TryGetValue(name, out var values) && values.Count == 1
            ? values[0]
            : throw new GeneratorException($"{path}: {name} must have one value");

        void Require(string name, string value)
        {
            if (Single(name) != value)
            {
                throw new GeneratorException($"{path}: {name} must be {value}, but is {Single(name)}");
            }
        }
    }

    public string Standard { get; }

    public string LibraryPath { get; }

    public string MethodClassName { get; }

    public string Namespace { get; }

    public string Header { get; }

    public IReadOnlyDictionary<string, string> Remap { get; }

    public static ResponseFile Read(string path)
    {
        var options = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? values = null;
        foreach (var line in File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0))
        {
            if (line.StartsWith('-'))
            {
                // Only -std is spelled as clang spells it.
                var name = line == "-std" ? "--std" : line;
                if (name is not ("--language" or "--std" or "--config" or "--libraryPath" or "--methodClassName" or "--namespace" or "--with-access-specifier" or "--with-type" or "--remap" or "--headerFile"))
                {
                    throw new GeneratorException($"{path}: the second engine does not support {line}");
                }

                options[name] = values = [];
            }
            else if (values is null)
            {
                throw new GeneratorException($"{path}: '{line}' does not follow an option");
            }
            else
            {
                values.Add(line);
            }
        }

        foreach (var name in new[] { "--config", "--remap" })
        {
            if (!options.ContainsKey(name))
            {
                throw new GeneratorException($"{path}: {name} is missing");
            }
        }

        return new ResponseFile(options, path);
    }
}
