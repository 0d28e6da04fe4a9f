namespace FaissSdk.Cli;

/// <summary>Checks before a training whether its results can be written.</summary>
internal static class OutputFile
{
    public static void CheckWritable(string option, string path)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{option}: {path} is a directory, expected a file.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            throw new UsageException($"{option}: the folder {folder} does not exist; create it first.");
        }

        // Permissions, read-only file systems, full disks: only creating a file proves that one can be created.
        var probe = Path.Combine(folder, $".{Path.GetRandomFileName()}.tmp");
        try
        {
            new FileStream(probe, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose }).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{option}: no file can be created in the folder {folder}; choose another folder or change its permissions. ({e.Message})", e);
        }
    }
}
