namespace FaissSdk.Generator;

/// <summary>The C API headers of one FAISS version.</summary>
internal sealed class HeaderTree
{
    /// <summary>The places of the C API below a c_api folder, an include folder, a FAISS source tree, or an unpacked package.</summary>
    private static readonly string[] Places = ["", "c_api", "faiss/c_api", "include/faiss/c_api", "usr/include/faiss/c_api"];

    private HeaderTree(string root, string[] headers, string[] prerequisites, string? included = null)
    {
        Root = root;
        Headers = headers;
        Prerequisites = prerequisites;
        IncludeFolders = included is null ? [root] : [root, included];
    }

    /// <summary>Gets the c_api folder.</summary>
    public string Root { get; }

    /// <summary>Gets the headers that declare the C API, relative to <see cref="Root"/>, in ordinal order.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>Gets the headers to include before them, as some headers do not include everything they need.</summary>
    public IReadOnlyList<string> Prerequisites { get; }

    /// <summary>Gets the folders in which included headers are looked up.</summary>
    public IReadOnlyList<string> IncludeFolders { get; }

    /// <summary>Opens the headers of the functions that FaissSdk adds to the C API.</summary>
    /// <param name="directory">The folder of the headers.</param>
    /// <param name="api">The folder of the headers of the C API, whose types they use.</param>
    public static HeaderTree OpenExtensions(string directory, string api)
    {
        var tree = Open(api);
        if (!Directory.Exists(directory))
        {
            throw new GeneratorException($"{directory}: the folder does not exist");
        }

        var root = Path.GetFullPath(directory);
        var headers = Directory.GetFiles(root, "*.h").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray();
        return headers.Length > 0 ? new HeaderTree(root, headers, [.. tree.Headers], tree.Root) : throw new GeneratorException($"{directory}: the folder contains no header");
    }

    /// <summary>Finds the C API in a c_api folder, an include folder or a FAISS source tree.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="gpu"><see langword="true"/> for the headers of <c>gpu/</c>; <see langword="false"/> for all others.</param>
    public static HeaderTree Open(string directory, bool gpu = false)
    {
        if (!Directory.Exists(directory))
        {
            throw new GeneratorException($"{directory}: the folder does not exist");
        }

        var root = Places
            .Select(place => Path.GetFullPath(Path.Combine(directory, place)))
            .FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, "faiss_c.h")) && File.Exists(Path.Combine(candidate, "Index_c.h")))
            ?? throw new GeneratorException($"{directory}: the FAISS C API was not found (faiss_c.h and Index_c.h, in the folder itself or in c_api below it)");
        var all = Directory.GetFiles(root, "*.h", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(path => !path.EndsWith("_impl.h", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToLookup(path => path.StartsWith("gpu/", StringComparison.Ordinal));

        // FAISS 1.7.3 is the first version that has this header.
        if (!File.Exists(Path.Combine(root, "IndexBinary_c.h")))
        {
            throw new GeneratorException($"{directory}: this C API is older than FAISS 1.7.3 (IndexBinary_c.h is missing)");
        }

        return new HeaderTree(root, [.. all[gpu]], gpu ? [.. all[false]] : []);
    }
}
