using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Gives a complete file its name unless another file has it. Of several processes that do so at the same time, one succeeds.</summary>
/// <remarks><see cref="File.Move(string, string, bool)"/> looks for the target before it moves, and replaces one that comes in between.</remarks>
internal static partial class ExclusiveMove
{
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int Exists = 17;
    private const int CurrentFolder = -100;
    private const int LinuxCloseOnExec = 0x80000;
    private const int AppleCloseOnExec = 0x1000000;
    private const uint LinuxNoReplace = 1;
    private const uint AppleNoReplace = 4;

    // Permission, links per file, function and operation: what systems report where a file system has no links.
    private static readonly int[] WithoutLinks = OperatingSystem.IsLinux() ? [NotPermitted, 31, 38, 95] : [NotPermitted, 31, 78, 45, 102];

    // Argument, function and operation: what they report where it cannot rename without replacing.
    private static readonly int[] WithoutRename = [22, .. WithoutLinks];

    /// <summary>Moves a file within a file system.</summary>
    /// <returns>Whether it was moved: <see langword="false"/> if there is a file of that name.</returns>
    /// <exception cref="IOException">The file cannot be moved, or the file system cannot determine whether there is one of that name.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow it.</exception>
    public static bool TryMove(string file, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryMoveOnWindows(file, target);
        }

        var error = Link(file, target) == 0 ? 0 : Marshal.GetLastPInvokeError();
        // A network file system may repeat a call whose answer was lost, and then finds the link that it has made.
        if (error == 0 || (error == Exists && IsSameFile(file, target)))
        {
            DeleteOldName(file);
            error = 0;
        }
        else if (WithoutLinks.Contains(error))
        {
            error = Rename(file, target);
        }

        if (error == 0)
        {
            SyncFolderOf(target);
            return true;
        }

        return error switch
        {
            Exists => false,
            NotPermitted or AccessDenied => throw new UnauthorizedAccessException($"'{target}' cannot be created: {Marshal.GetPInvokeErrorMessage(error)}."),
            _ when WithoutRename.Contains(error) => throw new IOException($"The file system of '{target}' can neither link files nor rename them without replacing others, so that of two writers one would be lost; use a folder on another file system."),
            _ => throw new IOException($"'{target}' cannot be created: {Marshal.GetPInvokeErrorMessage(error)}.", error),
        };
    }

    /// <summary>Moves a file within a file system, to a name that no file has.</summary>
    /// <exception cref="IOException">There is a file of that name, or the file cannot be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow it.</exception>
    public static void Move(string file, string target)
    {
        if (!TryMove(file, target))
        {
            throw new IOException($"There is a file '{target}' already, which another writer has created meanwhile; choose another name, or remove that file.");
        }
    }

    private static bool TryMoveOnWindows(string file, string target)
    {
        try
        {
            File.Move(file, target, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(target))
        {
            return false;
        }
    }

    private static bool IsSameFile(string file, string target) => FileStatus.Of(file) is { } status && FileStatus.Of(target) is { } other && status.IsSameFile(other);

    private static void DeleteOldName(string file)
    {
        try
        {
            File.Delete(file);
        }
        // The file has its final name; its temporary name does no harm.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Makes the name of a file as durable as its content, where the system can.</summary>
    private static void SyncFolderOf(string path)
    {
        var folder = Open(Path.GetDirectoryName(Path.GetFullPath(path))!, OperatingSystem.IsLinux() ? LinuxCloseOnExec : AppleCloseOnExec);
        if (folder >= 0)
        {
            // Errors are ignored: some file systems cannot flush a folder, and the file is written and renamed in any case.
            _ = Sync(folder);
            _ = Close(folder);
        }
    }

    /// <summary>Renames a file without replacing another one, and returns the error; 0 if there was none.</summary>
    private static int Rename(string file, string target)
    {
        try
        {
            var status = OperatingSystem.IsLinux() ? RenameOnLinux(CurrentFolder, file, CurrentFolder, target, LinuxNoReplace) : RenameOnApple(file, target, AppleNoReplace);
            return status == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        catch (EntryPointNotFoundException)
        {
            return WithoutRename[0];
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string target);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnLinux(int fileFolder, string file, int targetFolder, string target, uint flags);

    [LibraryImport("libc", EntryPoint = "renamex_np", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnApple(string file, string target, uint flags);
}
