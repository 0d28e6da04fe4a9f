namespace FaissSdk;

/// <summary>Writes files so that a reader sees the old content or the whole new one, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Lets <paramref name="write"/> fill a temporary file beside the target, then puts it in the target's place; on failure the target stays as it was.</summary>
    public static void Write(string path, Action<string> write)
    {
        var file = new FileInfo(path);
        var target = file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        if (Directory.Exists(target))
        {
            throw new UnauthorizedAccessException($"'{path}' is a directory.");
        }

        if (target.StartsWith("/dev/", StringComparison.Ordinal))
        {
            throw new IOException($"'{path}' is a device; only regular files can be replaced as a whole.");
        }

        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetRandomFileName()}.tmp");
        Create(temporary, path);
        try
        {
            write(temporary);
            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            }

            using (var handle = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(handle);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // .NET's own exceptions say best why a place cannot be written to, but not of which file the user spoke.
    private static void Create(string temporary, string path)
    {
        try
        {
            File.Open(temporary, FileMode.CreateNew).Dispose();
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DirectoryNotFoundException($"'{path}' cannot be written: its folder does not exist.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"'{path}' cannot be written: its folder does not allow new files.", e);
        }
    }
}
