namespace FaissSdk.Generator;

/// <summary>All files of bindings/Generated for one header tree.</summary>
internal static class Bindings
{
    /// <summary>The text of every file by its path: the headers', those of <c>gpu/</c>, and in <c>removed/</c> what older versions had.</summary>
    public static IReadOnlyDictionary<string, string> Write(string headers, ResponseFile response, ApiHistory history)
    {
        var tree = HeaderTree.Open(headers);
        var model = ApiReader.Read(tree, response);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in new BindingsWriter(model, response).WriteAll())
        {
            files[name] = text;
        }

        var present = model.Functions.Select(function => function.Name).ToHashSet(StringComparer.Ordinal);
        var gpuTree = HeaderTree.Open(headers, gpu: true);
        if (gpuTree.Headers.Count > 0)
        {
            var gpu = ApiReader.Read(gpuTree, response);
            present.UnionWith(gpu.Functions.Select(function => function.Name));
            foreach (var (name, text) in new BindingsWriter(gpu, response).WriteAll())
            {
                files["gpu/" + name] = text;
            }
        }

        // A package of headers may come without gpu/; what belongs there is not removed for that.
        var removed = history.Functions.Where(entry => !present.Contains(entry.Key) && (gpuTree.Headers.Count > 0 || !entry.Value.Header.StartsWith("gpu/", StringComparison.Ordinal))).ToArray();
        var functions = ApiReader.ReadPrototypes(tree, response, removed.Select(entry => entry.Value.Declaration), out var types);
        var writer = new BindingsWriter(new ApiModel([], types), response);
        foreach (var header in functions.GroupBy(function => history.Functions[function.Name].Header, StringComparer.Ordinal))
        {
            files[$"removed/{Path.GetFileNameWithoutExtension(header.Key)}.g.cs"] = writer.Write([], [.. header]);
        }

        return files;
    }

    /// <summary>Refuses files that are not, to the byte, those that ClangSharp wrote into a folder.</summary>
    public static void Compare(IReadOnlyDictionary<string, string> files, string clangSharp)
    {
        var theirs = Directory.GetFiles(clangSharp, "*.g.cs").ToDictionary(path => Path.GetFileName(path), File.ReadAllText, StringComparer.Ordinal);
        var ours = files.Where(file => !file.Key.Contains('/', StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        var differences = ours.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal)
            .Where(name => ours.GetValueOrDefault(name) != theirs.GetValueOrDefault(name))
            .Select(name => !theirs.TryGetValue(name, out var other) ? $"  {name}: only the second engine writes it"
                : !ours.TryGetValue(name, out var own) ? $"  {name}: only ClangSharp writes it"
                : $"  {name}: differs from line {FirstDifference(own, other)} on")
            .ToArray();
        if (differences.Length > 0)
        {
            throw new GeneratorException($"the two engines differ, so nothing is written:{Environment.NewLine}{string.Join(Environment.NewLine, differences)}");
        }
    }

    private static int FirstDifference(string left, string right) =>
        1 + left.Split('\n').Zip(right.Split('\n')).TakeWhile(pair => pair.First == pair.Second).Count();
}
