using System.Text;

namespace FaissSdk.Generator;

/// <summary>All files of bindings/Generated for one header tree.</summary>
internal static class Bindings
{
    /// <summary>The text of every file by its path: the headers', those of <c>gpu/</c>, and in <c>removed/</c> what older versions had.</summary>
    /// <param name="headers">A folder of headers.</param>
    /// <param name="response">The mapping decisions.</param>
    /// <param name="history">What all versions have.</param>
    /// <param name="present">The generated folder as it is; its <c>gpu/</c> stays where the headers come without theirs.</param>
    /// <param name="older">Whether headers are taken that lack what the newest version has; what they give is then not the union of all versions.</param>
    public static IReadOnlyDictionary<string, string> Write(string headers, ResponseFile response, ApiHistory history, string present, bool older)
    {
        var tree = HeaderTree.Open(headers);
        var model = ApiReader.Read(tree, response);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in new BindingsWriter(model, response).WriteAll())
        {
            files[name] = text;
        }

        var declared = model.Functions.Select(function => function.Name).ToHashSet(StringComparer.Ordinal);
        var gpuTree = HeaderTree.Open(headers, gpu: true);
        var hasGpu = gpuTree.Headers.Count > 0;
        if (hasGpu)
        {
            var gpu = ApiReader.Read(gpuTree, response);
            declared.UnionWith(gpu.Functions.Select(function => function.Name));
            foreach (var (name, text) in new BindingsWriter(gpu, response).WriteAll())
            {
                files["gpu/" + name] = text;
            }
        }
        else if (Directory.Exists(Path.Combine(present, "gpu")))
        {
            foreach (var path in Directory.GetFiles(Path.Combine(present, "gpu"), "*.g.cs"))
            {
                files["gpu/" + Path.GetFileName(path)] = File.ReadAllText(path);
            }
        }

        var absent = history.Functions.Where(entry => !declared.Contains(entry.Key) && (hasGpu || !entry.Value.Header.StartsWith("gpu/", StringComparison.Ordinal))).ToArray();
        var missing = absent.Where(entry => entry.Value.Last == history.Newest).ToArray();
        if (missing.Length > 0 && !older)
        {
            throw new GeneratorException($"{headers}: lacks {missing.Length} functions of FAISS {history.Newest}, such as {missing[0].Key} ({missing[0].Value.Header}), and the bindings hold what all versions have: give the headers of {history.Newest}, tell with --faiss-version that these are newer, or take them with --older into another folder");
        }

        // What came after older headers was not removed in them.
        var newest = history.Functions.Where(entry => declared.Contains(entry.Key)).Select(entry => Version.Parse(entry.Value.First)).Max();
        var removed = absent.Where(entry => !older || Version.Parse(entry.Value.First) <= newest).ToArray();
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
        var theirs = Directory.GetFiles(clangSharp, "*.g.cs").ToDictionary(path => Path.GetFileName(path), ReadBytes, StringComparer.Ordinal);
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

    // A byte order mark counts.
    private static string ReadBytes(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path));

    private static int FirstDifference(string left, string right) =>
        1 + left.Split('\n').Zip(right.Split('\n')).TakeWhile(pair => pair.First == pair.Second).Count();
}
