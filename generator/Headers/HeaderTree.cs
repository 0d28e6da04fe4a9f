namespace FaissSdk.Generator;

/// <summary>The C API headers of one FAISS version.</summary>
internal sealed class HeaderTree
{
    private static readonly string[] Places = ["", "c_api", "faiss/c_api", "include/faiss/c_api", "usr/include/faiss/c_api"];

    private HeaderTree(string root, string[] headers, string[] before)
    {
        Root = root;
        Headers = headers;
        Before = before;
    }

    /// <summary>The c_api folder.</summary>
    public string Root { get; }

    /// <summary>The headers that declare the C API, relative to <see cref="Root"/>, in ordinal order.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>Headers that are to be included before them: not every one includes what it needs.</summary>
    public IReadOnlyList<string> Before { get; }

    /// <summary>Finds the C API in a c_api folder, an include folder or a FAISS source tree.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="gpu">Whether the headers of <c>gpu/</c> are meant instead of the others.</param>
    public static HeaderTree Open(string directory, bool gpu = false)
    {
        if (!Directory.Exists(directory))
        {
            throw new GeneratorException($"{directory}: there is no such folder");
        }

        var root = Places
            .Select(below => Path.GetFullPath(Path.Combine(directory, below)))
            .FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, "faiss_c.h")) && File.Exists(Path.Combine(candidate, "Index_c.h")))
            ?? throw new GeneratorException($"{directory}: no FAISS C API there (faiss_c.h and Index_c.h, in the folder itself or in c_api below it)");
        var all = Directory.GetFiles(root, "*.h", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(path => !path.EndsWith("_impl.h", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToLookup(path => path.StartsWith("gpu/", StringComparison.Ordinal));

        // 1.7.3 is the first version that has it.
        if (!File.Exists(Path.Combine(root, "IndexBinary_c.h")))
        {
            throw new GeneratorException($"{directory}: this C API is older than FAISS 1.7.3 (it has no IndexBinary_c.h)");
        }

        return new HeaderTree(root, [.. all[gpu]], gpu ? [.. all[false]] : []);
    }
}
