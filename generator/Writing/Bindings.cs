using System.Text;

namespace FaissSdk.Generator;

/// <summary>The files of bindings/Generated for one header tree.</summary>
internal static class Bindings
{
    /// <summary>Returns the text of every file by relative path: one per header, those for GPUs in <c>gpu/</c>, and functions that only older versions have in <c>removed/</c>.</summary>
    /// <param name="headers">The folder of headers.</param>
    /// <param name="response">The mapping from C to C#.</param>
    /// <param name="history">The API of all versions.</param>
    /// <param name="current">The current generated folder, whose <c>gpu/</c> is kept if the headers come without theirs.</param>
    /// <param name="committed">The generated folder of the checkout, which may be another one; both hold functions whose types FAISS has removed.</param>
    /// <param name="older"><see langword="true"/> to accept headers that lack functions of the newest version; the result is then not the union of all versions.</param>
    public static IReadOnlyDictionary<string, string> Write(string headers, ResponseFile response, ApiHistory history, string current, string committed, bool older)
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
        var known = model.Types;
        if (hasGpu)
        {
            var gpu = ApiReader.Read(gpuTree, response);
            known = gpu.Types;
            declared.UnionWith(gpu.Functions.Select(function => function.Name));
            foreach (var (name, text) in new BindingsWriter(gpu, response).WriteAll())
            {
                files["gpu/" + name] = text;
            }
        }
        else if (Directory.Exists(Path.Combine(current, "gpu")))
        {
            foreach (var path in Directory.GetFiles(Path.Combine(current, "gpu"), "*.g.cs"))
            {
                files["gpu/" + Path.GetFileName(path)] = File.ReadAllText(path);
            }
        }

        var absent = history.Functions.Where(function => !declared.Contains(function.Key) && (hasGpu || !function.Value.IsGpu || function.Value.RemovedIn is not null)).ToArray();
        var missing = absent.Where(function => function.Value.RemovedIn is null).ToArray();
        if (missing.Length > 0 && !older)
        {
            throw new GeneratorException($"{headers}: these headers lack {missing.Length} functions of FAISS {history.Newest}, such as {missing[0].Key} ({missing[0].Value.Header}), but the bindings hold the functions of all versions; use the headers of {history.Newest}, name a newer version with --faiss-version, or write bindings of older headers into another folder with --older");
        }

        // A function that was added after older headers is not one that they removed.
        var newest = history.Functions.Where(function => declared.Contains(function.Key)).Select(function => Version.Parse(function.Value.Since)).Max();
        var removed = absent.Where(function => !older || Version.Parse(function.Value.Since) <= newest).ToArray();
        AddRemoved(files, removed, known, hasGpu ? gpuTree : tree, response, new RemovedFunctions(current, committed));
        return files;
    }

    private static void AddRemoved(
        IDictionary<string, string> files, KeyValuePair<string, ApiHistory.Entry>[] removed, TypeTable known, HeaderTree tree, ResponseFile response, RemovedFunctions before)
    {
        // A compiler would name unknown types one by one, and cannot say what they stood for.
        var prototypes = removed.Where(function => new Prototype(function.Value.Declaration).IsKnown(known)).Select(function => function.Value.Declaration);
        var functions = ApiReader.ReadPrototypes(tree, response, prototypes, out var types).ToDictionary(function => function.Name, StringComparer.Ordinal);
        var writer = new BindingsWriter(new ApiModel([], types), response);
        var declared = files.Values.SelectMany(RemovedFunctions.NamesOfTypes).ToHashSet(StringComparer.Ordinal);
        foreach (var header in removed.GroupBy(function => function.Value.Header, StringComparer.Ordinal))
        {
            string[] bindings = [.. header.Select(function => functions.TryGetValue(function.Key, out var read) ? writer.Function(read) : before.TextOf(function.Key, function.Value.Declaration))];
            files[$"removed/{Path.GetFileNameWithoutExtension(header.Key)}.g.cs"] = writer.Write(before.TypesOf(string.Concat(bindings), declared), bindings);
        }
    }

    /// <summary>Checks that the files are identical, to the byte, to the files that ClangSharp wrote into a folder.</summary>
    /// <exception cref="GeneratorException">A file differs, or only one engine wrote it.</exception>
    public static void Compare(IReadOnlyDictionary<string, string> files, string clangSharp)
    {
        var theirs = Directory.GetFiles(clangSharp, "*.g.cs").ToDictionary(path => Path.GetFileName(path), ReadBytes, StringComparer.Ordinal);
        var ours = files.Where(file => !file.Key.Contains('/', StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        var differences = ours.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal)
            .Where(name => ours.GetValueOrDefault(name) != theirs.GetValueOrDefault(name))
            .Select(name => !theirs.TryGetValue(name, out var other) ? $"  {name}: only the second engine writes it"
                : !ours.TryGetValue(name, out var own) ? $"  {name}: only ClangSharp writes it"
                : $"  {name}: first difference in line {FirstDifference(own, other)}")
            .ToArray();
        if (differences.Length > 0)
        {
            throw new GeneratorException($"the output of the two engines differs, so nothing was written:{Environment.NewLine}{string.Join(Environment.NewLine, differences)}");
        }
    }

    // File.ReadAllText would drop a byte order mark, which is a difference.
    private static string ReadBytes(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path));

    private static int FirstDifference(string left, string right) =>
        1 + left.Split('\n').Zip(right.Split('\n')).TakeWhile(pair => pair.First == pair.Second).Count();
}
