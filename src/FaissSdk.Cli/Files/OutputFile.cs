namespace FaissSdk.Cli;

/// <summary>Checks before a training whether its results can be written, and writes them.</summary>
internal static class OutputFile
{
    /// <summary>Checks that an output can be written.</summary>
    /// <exception cref="UsageException">The path is not that of a file or pipe in an existing folder.</exception>
    /// <exception cref="IOException">The file is write-protected, or its folder accepts no new files.</exception>
    public static void CheckWritable(string option, string path)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{option}: {path} is a directory, expected a file.");
        }

        if (FileStatus.Of(path)?.Kind == FileKind.BlockDevice)
        {
            throw new UsageException($"{option}: {path} is a block device, whose content would be destroyed; choose a file.");
        }

        if (StandardStream.IsOutput(path))
        {
            throw new UsageException($"{option}: {path} is the standard output, which receives the text of the command; choose another file.");
        }

        var target = AtomicFile.Target(path);
        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            throw new UsageException($"{option}: the folder {folder} does not exist; create it first.");
        }

        if (AtomicFile.IsReplaceable(path))
        {
            CheckFolder(option, folder);
            CheckPermission(option, path, target);
        }
    }

    /// <summary>Returns whether two paths name one file: by links, by spelling, or by case where the file system ignores it.</summary>
    public static bool IsSame(string left, string right)
    {
        if (FileStatus.Of(left) is { } existing)
        {
            return FileStatus.Of(right) is { } other && existing.IsSameFile(other);
        }

        var (first, second) = (AtomicFile.Target(left), AtomicFile.Target(right));
        var (firstName, secondName) = (Path.GetFileName(first), Path.GetFileName(second));
        string firstFolder = Path.GetDirectoryName(first) ?? first, secondFolder = Path.GetDirectoryName(second) ?? second;
        var isSameFolder = FileStatus.Of(firstFolder) is { } status
            ? FileStatus.Of(secondFolder) is { } otherStatus && status.IsSameFile(otherStatus)
            : firstFolder.Equals(secondFolder, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
        return isSameFolder
            && firstName.Equals(secondName, StringComparison.OrdinalIgnoreCase)
            && (firstName == secondName || IgnoresCase(firstFolder));
    }

    /// <summary>Writes an output: a file as a whole, even after a cancellation; a pipe until the cancellation.</summary>
    public static void Write(string path, Action<Stream> write, CancellationToken cancellationToken)
    {
        if (AtomicFile.IsReplaceable(path))
        {
            Write();
        }
        else
        {
            // Waiting for a reader cannot be interrupted; after a cancellation the thread is left to the end of the process.
            Task.Run(Write, CancellationToken.None).WaitAsync(cancellationToken).GetAwaiter().GetResult();
        }

        void Write() => AtomicFile.Write(path, target =>
        {
            // Shared, because a pipe has a reader.
            using var stream = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1 << 20);
            write(stream);
        });
    }

    // Permissions, read-only file systems, full disks: only creating a file proves that one can be created.
    private static void CheckFolder(string option, string folder)
    {
        try
        {
            CreateProbe(folder).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{option}: no file can be created in the folder {folder}; choose another folder or change its permissions. ({e.Message})", e);
        }
    }

    private static void CheckPermission(string option, string path, string target)
    {
        if (!File.Exists(target))
        {
            return;
        }

        try
        {
            File.OpenHandle(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{option}: {path} is write-protected; choose another file or change its permissions.", e);
        }
    }

    private static bool IgnoresCase(string folder)
    {
        try
        {
            using var probe = CreateProbe(folder);
            return File.Exists(Path.Combine(folder, Path.GetFileName(probe.Name).ToUpperInvariant()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The check of the folder reports this.
            return false;
        }
    }

    private static FileStream CreateProbe(string folder) => new(
        Path.Combine(folder, $".{Path.GetRandomFileName()}.tmp"),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
}
