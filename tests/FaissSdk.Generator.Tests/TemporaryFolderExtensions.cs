using System.Security.Cryptography;

namespace FaissSdk.Generator.Tests;

/// <summary>Copies files into a temporary folder, and compares its content.</summary>
internal static class TemporaryFolderExtensions
{
    /// <summary>Copies files by their relative paths and returns the new folder.</summary>
    public static string Copy(this TemporaryFolder folder, string name, string source, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var target = Path.Combine(folder.File(name), path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(source, path), target);
        }

        return folder.File(name);
    }

    /// <summary>Returns every path with the hash of its content, to check that a failed run changed nothing.</summary>
    public static string Fingerprint(this TemporaryFolder folder) => string.Join('\n', new DirectoryInfo(folder.Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
        .OrderBy(entry => entry.FullName, StringComparer.Ordinal)
        .Select(entry => $"{Path.GetRelativePath(folder.Path, entry.FullName)} {(entry is FileInfo ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(entry.FullName))) : "")}"));
}
