namespace FaissSdk;

/// <summary>Opens files for reading, with exceptions that state what is wrong with a path.</summary>
internal static class ReadableFile
{
    /// <exception cref="UnauthorizedAccessException">The caller lacks permission to read the file, or the path is that of a directory.</exception>
    /// <exception cref="IOException">The file does not exist, or cannot be read.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        // .NET reports that access is denied.
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw new UnauthorizedAccessException($"'{path}' is a directory; name the file in it.", e);
        }
    }
}
