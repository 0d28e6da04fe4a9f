namespace FaissSdk.Cli;

/// <summary>Reads the extension of a file's name, which selects its format.</summary>
internal static class FileExtension
{
    /// <summary>Returns the extension in lower case.</summary>
    /// <param name="path">The file.</param>
    /// <param name="supported">The extensions supported.</param>
    /// <param name="option">The option that gave the path, for the message.</param>
    /// <exception cref="UsageException">The extension is not supported.</exception>
    public static string Of(string path, string[] supported, string? option = null)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        if (supported.Contains(extension))
        {
            return extension;
        }

        var subject = option is null ? path : $"{option}: {path}";
        var expected = $"expected {string.Join(", ", supported[..^1])} or {supported[^1]}";
        throw new UsageException(extension.Length == 0
            ? $"{subject} has no extension, {expected}."
            : $"{subject}: the extension '{extension}' is unknown, {expected}.");
    }
}
