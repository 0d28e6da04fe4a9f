using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>Finds the XML documentation of the .NET reference assemblies, which comes with every .NET SDK.</summary>
internal static class DocumentationFolder
{
    private const string Pack = "Microsoft.NETCore.App.Ref";

    /// <summary>Finds the documentation files of the newest version and sorts them by name, ordinally.</summary>
    /// <param name="folder">The folder to search, or null for those of the .NET SDK.</param>
    /// <exception cref="UsageException">There are no files; the message lists the folders searched.</exception>
    public static string[] FindFiles(string? folder)
    {
        if (folder is not null)
        {
            return Directory.Exists(folder) && XmlFiles(folder) is { Length: > 0 } named
                ? named
                : throw new UsageException($"--docs: {folder} is not a folder that contains .xml files.");
        }

        var searched = new List<string>();
        foreach (var root in DotnetRoots().Distinct())
        {
            var pack = Path.Combine(root, "packs", Pack);
            searched.Add(pack);
            if (Newest(pack) is { } found)
            {
                return found;
            }
        }

        throw new UsageException($"no .NET documentation (packs/{Pack}) found; searched {string.Join(", ", searched)}. Install the .NET SDK, or name a folder of XML documentation files with --docs DIR.");
    }

    private static IEnumerable<string> DotnetRoots()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        yield return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } variable)
        {
            yield return Path.GetFullPath(variable);
        }

        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var command = new FileInfo(Path.Combine(directory, name));
            if (command.Exists)
            {
                yield return Path.GetDirectoryName(command.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? command.FullName)!;
            }
        }
    }

    private static string[]? Newest(string pack)
    {
        if (!Directory.Exists(pack))
        {
            return null;
        }

        return Directory.GetDirectories(pack)
            .OrderByDescending(VersionOf)
            .SelectMany(version => Directory.Exists(Path.Combine(version, "ref")) ? Directory.GetDirectories(Path.Combine(version, "ref"), "net*").OrderByDescending(VersionOf) : Enumerable.Empty<string>())
            .Select(XmlFiles)
            .FirstOrDefault(files => files.Length > 0);
    }

    private static Version VersionOf(string folder) =>
        Version.TryParse(Path.GetFileName(folder).Replace("net", "", StringComparison.Ordinal).Split('-')[0], out var version) ? version : new Version();

    private static string[] XmlFiles(string folder)
    {
        var files = Directory.GetFiles(folder, "*.xml");
        Array.Sort(files, (left, right) => string.CompareOrdinal(Path.GetFileName(left), Path.GetFileName(right)));
        return files;
    }
}
