namespace FaissSdk;

/// <summary>Replaces files as a whole: a reader sees the old content or the new one, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a temporary file beside the target with <paramref name="write"/>, and moves it onto the target. On failure the target stays as it was.</summary>
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

    // The exceptions of .NET say best why a folder cannot be written to, but name the temporary file instead of the user's.
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
