namespace FaissSdk;

/// <summary>Writes files so that a reader sees the old content or the whole new one, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Lets <paramref name="write"/> fill a temporary file beside the target, then puts it in the target's place; on failure the target stays as it was.</summary>
    public static void Write(string path, Action<string> write)
    {
        var link = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true) : null;
        var target = link?.FullName ?? Path.GetFullPath(path);
        if (Directory.Exists(target))
        {
            throw new UnauthorizedAccessException($"'{path}' is a directory.");
        }

        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
        try
        {
            // .NET's own exceptions say best why a place cannot be written to.
            File.Open(temporary, FileMode.CreateNew).Dispose();
            write(temporary);
            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            }

            using (var file = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
