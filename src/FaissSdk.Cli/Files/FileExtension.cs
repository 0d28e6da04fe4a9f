namespace FaissSdk.Cli;

/// <summary>The part of a file's name that says its format.</summary>
internal static class FileExtension
{
    /// <summary>The extension in lower case.</summary>
    /// <exception cref="UsageException">It is none of the known ones.</exception>
    public static string Of(string path, string[] known)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        return known.Contains(extension)
            ? extension
            : throw new UsageException($"{path}: the extension '{extension}' is unknown, expected {string.Join(", ", known[..^1])} or {known[^1]}.");
    }
}
