using System.Security.Cryptography;

namespace FaissSdk.Generator.Tests;

/// <summary>A temporary folder that is deleted after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("faiss-sdk-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), content);
        return At(name);
    }

    /// <summary>Copies files by their relative paths and returns the new folder.</summary>
    public string Copy(string name, string source, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var target = System.IO.Path.Combine(At(name), path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(System.IO.Path.Combine(source, path), target);
        }

        return At(name);
    }

    /// <summary>Returns every path with the hash of its content, to check that a failed run changed nothing.</summary>
    public string Fingerprint() => string.Join('\n', new DirectoryInfo(Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
        .OrderBy(entry => entry.FullName, StringComparer.Ordinal)
        .Select(entry => $"{System.IO.Path.GetRelativePath(Path, entry.FullName)} {(entry is FileInfo ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(entry.FullName))) : "")}"));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
