namespace FaissSdk;

/// <summary>Replaces files as a whole: a reader sees the old content or the new one, never a part.</summary>
internal static class AtomicFile
{
    private const int Busy = 16;

    /// <summary>
    /// Writes a temporary file beside the target with <paramref name="write"/>, and moves it onto the target. On failure the target
    /// stays as it was. A pipe, a character device and an open file below <c>/proc</c> cannot be replaced and are written directly.
    /// </summary>
    public static void Write(string path, Action<string> write)
    {
        var status = FileStatus.Of(path);
        if (Directory.Exists(path))
        {
            throw new UnauthorizedAccessException($"'{path}' is a directory.");
        }

        if (status?.Kind == FileKind.BlockDevice)
        {
            throw new IOException($"'{path}' is a block device, whose content would be destroyed; choose a file.");
        }

        if (IsReplaceable(path, status))
        {
            Replace(path, Target(path), status, write);
        }
        else
        {
            write(path);
        }
    }

    /// <summary>Checks before long work that <see cref="Write"/> can replace a file, or create it.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder is write-protected.</exception>
    public static void CheckReplaceable(string path)
    {
        var target = Target(path);
        if (File.Exists(target))
        {
            CheckWritable(path, target);
        }

        var probe = TemporaryFor(target);
        Create(probe, path, isPrivate: true);
        File.Delete(probe);
    }

    /// <summary>Returns whether <see cref="Write"/> replaces the file instead of writing into it.</summary>
    public static bool IsReplaceable(string path) => IsReplaceable(path, FileStatus.Of(path));

    /// <summary>Returns the full path of the file that a path names after links are followed.</summary>
    /// <exception cref="IOException">The links form a circle.</exception>
    public static string Target(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    // The text of a link below /proc may name a deleted file, or another one.
    private static bool IsReplaceable(string path, FileStatus? status) =>
        status is null || (status.Kind == FileKind.Regular && !IsOpenFile(path) && FileStatus.Of(Target(path)) is { } target && target.IsSameFile(status));

    private static bool IsOpenFile(string path)
    {
        var current = Path.GetFullPath(path);
        while (new FileInfo(current).LinkTarget is { } next)
        {
            if (current.StartsWith("/proc/", StringComparison.Ordinal) || current.StartsWith("/dev/fd/", StringComparison.Ordinal))
            {
                return true;
            }

            current = Path.GetFullPath(next, Path.GetDirectoryName(current)!);
        }

        return false;
    }

    private static void Replace(string path, string target, FileStatus? status, Action<string> write)
    {
        if (File.Exists(target))
        {
            CheckWritable(path, target);
        }

        var temporary = TemporaryFor(target);
        Create(temporary, path, isPrivate: File.Exists(target));
        try
        {
            write(temporary);
            if (File.Exists(target))
            {
                CopyPermissions(target, status, temporary);
            }

            using (var handle = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(handle);
            }

            Move(temporary, target, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static string TemporaryFor(string target) => Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetRandomFileName()}.tmp");

    private static void CopyPermissions(string target, FileStatus? status, string temporary)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (status is not null && FileStatus.Of(temporary) is { } created && (created.UserId, created.GroupId) != (status.UserId, status.GroupId))
        {
            status.CopyOwnerTo(temporary);
        }

        // File systems without permissions refuse every change.
        var mode = File.GetUnixFileMode(target);
        if (mode != File.GetUnixFileMode(temporary))
        {
            File.SetUnixFileMode(temporary, mode);
        }
    }

    private static void Move(string temporary, string target, string path)
    {
        try
        {
            File.Move(temporary, target, overwrite: true);
        }
        catch (IOException e) when (e.HResult == Busy && !OperatingSystem.IsWindows())
        {
            // A file that is mounted by itself, as in containers, cannot be replaced by another one.
            File.Copy(temporary, target, overwrite: true);
            File.Delete(temporary);
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && File.Exists(target) && e is IOException or UnauthorizedAccessException)
        {
            // CheckWritable has found it writable.
            throw new IOException($"'{path}' cannot be replaced while another program has it open; close the file there, or choose another one.", e);
        }
    }

    // A move replaces even a write-protected file, because it needs permission for the folder alone.
    private static void CheckWritable(string path, string target)
    {
        try
        {
            File.OpenHandle(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"'{path}' is write-protected; choose another file or change its permissions.", e);
        }
    }

    // The exceptions of .NET say best why a folder cannot be written to, but name the temporary file instead of the user's.
    private static void Create(string temporary, string path, bool isPrivate)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            // The file to be replaced may be readable by this user alone.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            new FileStream(temporary, options).Dispose();
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DirectoryNotFoundException($"'{path}' cannot be written: its folder does not exist.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"'{path}' cannot be written: its folder does not allow new files.", e);
        }
        catch (IOException e)
        {
            throw new IOException($"'{path}' cannot be written: {e.Message.Replace(temporary, path, StringComparison.Ordinal)}", e) { HResult = e.HResult };
        }
    }
}
