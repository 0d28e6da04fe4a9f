using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Represents what the operating system records about a file. .NET has no public API for the identity, the type and the owner.</summary>
internal sealed unsafe partial record FileStatus(ulong Device, ulong Inode, FileKind Kind, uint UserId, uint GroupId)
{
    private const int TypeMask = 0xF000;
    private const int CurrentFolder = -100;
    private const uint BasicFields = 0x7FF;
    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;

    // Larger than the structures of all supported platforms.
    private const int BufferSize = 256;

    /// <summary>Returns the status of a file after following links; null if it does not exist, and on systems other than Linux and macOS on arm64.</summary>
    public static FileStatus? Of(string path)
    {
        var status = stackalloc byte[BufferSize];
        var fields = new ReadOnlySpan<byte>(status, BufferSize);
        try
        {
            // The layout of statx is the same on all processors, unlike that of stat.
            if (OperatingSystem.IsLinux())
            {
                return StatX(CurrentFolder, path, 0, BasicFields, status) != 0 ? null : new FileStatus(
                    UInt64(fields, 136), UInt64(fields, 32), Type(UInt16(fields, 28)), UInt32(fields, 20), UInt32(fields, 24));
            }

            if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
            {
                return Stat(path, status) != 0 ? null : new FileStatus(
                    UInt32(fields, 0), UInt64(fields, 8), Type(UInt16(fields, 4)), UInt32(fields, 16), UInt32(fields, 20));
            }
        }
        catch (EntryPointNotFoundException)
        {
            // The C library is too old for statx.
        }

        return null;
    }

    public bool IsSameFile(FileStatus other) => (Device, Inode) == (other.Device, other.Inode);

    /// <summary>Gives a file the owner and the group of this one as far as the process is allowed to.</summary>
    public void CopyOwnerTo(string path)
    {
        if (ChangeOwner(path, UserId, GroupId) != 0)
        {
            _ = ChangeOwner(path, uint.MaxValue, GroupId);
        }
    }

    /// <summary>Returns whether a descriptor was open when the process started. The runtime reuses the numbers of closed ones, with the flag that closes them on exec.</summary>
    public static bool IsInherited(int descriptor) => OperatingSystem.IsWindows() || (FileControl(descriptor, GetDescriptorFlags) is var flags and >= 0 && (flags & CloseOnExec) == 0);

    private static FileKind Type(int mode) => (mode & TypeMask) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Directory,
        0x1000 => FileKind.Pipe,
        0x2000 => FileKind.CharacterDevice,
        0x6000 => FileKind.BlockDevice,
        _ => FileKind.Other,
    };

    private static ushort UInt16(ReadOnlySpan<byte> fields, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(fields[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> fields, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(fields[offset..]);

    private static ulong UInt64(ReadOnlySpan<byte> fields, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(fields[offset..]);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, byte* status);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int FileControl(int descriptor, int command);
}
