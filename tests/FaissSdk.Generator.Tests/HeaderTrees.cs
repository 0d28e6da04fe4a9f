using System.Diagnostics;

namespace FaissSdk.Generator.Tests;

/// <summary>The headers of several FAISS versions: those of Debian's suites, and a tree named by environment variables.</summary>
internal static class HeaderTrees
{
    private static readonly string[] Suites = ["bookworm", "trixie", "sid"];
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);
    private static readonly Lazy<(List<Tree> Trees, List<string> Failures)> Found = new(Find);

    /// <summary>Returns the tree of a version, or skips the test if it is not available.</summary>
    public static Tree Of(string version)
    {
        var tree = Found.Value.Trees.Find(tree => tree.Version == version);
        Assert.SkipWhen(tree is null, $"The headers of FAISS {version} are not available: {Summary()}");
        return tree;
    }

    /// <summary>Returns the newest tree, or skips the test if none is available.</summary>
    public static Tree Newest()
    {
        var trees = Found.Value.Trees;
        Assert.SkipWhen(trees.Count == 0, $"No headers of FAISS are available: {Summary()}");
        return trees[^1];
    }

    /// <summary>Returns all trees, oldest first.</summary>
    public static IReadOnlyList<Tree> All()
    {
        Newest();
        return Found.Value.Trees;
    }

    private static string Summary() => string.Join("; ", [.. Found.Value.Trees.Select(tree => $"{tree.Version} is available"), .. Found.Value.Failures]);

    private static (List<Tree> Trees, List<string> Failures) Find()
    {
        var (trees, failures) = (new List<Tree>(), new List<string>());
        foreach (var suite in Suites)
        {
            try
            {
                trees.Add(OfSuite(suite));
            }
            catch (InvalidOperationException e)
            {
                failures.Add($"{suite}: {e.Message}");
            }
        }

        if (Environment.GetEnvironmentVariable("FAISS_SDK_HEADERS") is not { Length: > 0 } folder)
        {
            failures.Add("FAISS_SDK_HEADERS is not set");
        }
        else if (Environment.GetEnvironmentVariable("FAISS_SDK_HEADERS_VERSION") is not { Length: > 0 } version)
        {
            failures.Add("FAISS_SDK_HEADERS is set without FAISS_SDK_HEADERS_VERSION");
        }
        else
        {
            trees.RemoveAll(tree => tree.Version == version);
            trees.Add(new Tree(version, folder));
        }

        return ([.. trees.DistinctBy(tree => tree.Version).OrderBy(tree => Version.Parse(tree.Version))], failures);
    }

    private static Tree OfSuite(string suite)
    {
        var script = Checkout.PathTo("scripts/regenerate-bindings.sh");
        if (!File.Exists(script))
        {
            throw new InvalidOperationException("scripts/regenerate-bindings.sh is missing");
        }

        using var process = Process.Start(new ProcessStartInfo("bash", [script, "--debian", suite, "--print-headers"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Timeout))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"scripts/regenerate-bindings.sh did not end in {Timeout.TotalMinutes} minutes");
        }

        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(error.GetAwaiter().GetResult().Trim());
        }

        // The folder is named <suite>-<version>, or lies in one that is.
        var folder = output.GetAwaiter().GetResult().TrimEnd().Split('\n')[^1];
        var name = folder.Split('/').LastOrDefault(part => part.StartsWith(suite + "-", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"'{folder}' does not contain the version");
        return new Tree(name[(suite.Length + 1)..], folder);
    }

    internal sealed record Tree(string Version, string Folder)
    {
        /// <summary>Gets the headers of the C API except <c>gpu/</c>, relative to <see cref="Root"/>.</summary>
        public IReadOnlyList<string> Headers => HeaderTree.Open(Folder).Headers;

        public string Root => HeaderTree.Open(Folder).Root;
    }
}
