using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaissSdk.Interop;

/// <summary>Reads the platform of a library from its file header.</summary>
internal static class NativeImage
{
    // Where the header of Windows begins, which other systems' headers do not need.
    private const int WindowsHeaderField = 0x3C;
    private const int MaxHeader = 1024;
    private const int MinHeader = 20;

    /// <summary>Returns the reason why this process cannot load the file, or <see langword="null"/> if the header gives none.</summary>
    public static string? WhyNotLoadable(string path)
    {
        Span<byte> header = stackalloc byte[MaxHeader];
        int read;
        using (var file = File.OpenRead(path))
        {
            read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        }

        var platform = read < MinHeader ? null : Platform(header[..read]);
        if (platform is null)
        {
            return "not a shared library";
        }

        var expected = ExpectedPlatform();
        return platform == expected || platform == "Mach-O universal" ? null : $"built for {platform}, this process needs {expected}";
    }

    private static string? Platform(ReadOnlySpan<byte> header)
    {
        if (header.StartsWith("\u007fELF"u8))
        {
            var littleEndian = header[5] != 2;
            var machine = littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(header[18..]) : BinaryPrimitives.ReadUInt16BigEndian(header[18..]);
            return "ELF " + machine switch { 3 => "x86", 40 => "arm", 62 => "x64", 183 => "arm64", 243 => "riscv64", var other => $"machine {other}" };
        }

        switch (BinaryPrimitives.ReadUInt32LittleEndian(header))
        {
            case 0xFEEDFACF:
                var cpu = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
                return "Mach-O " + cpu switch { 0x01000007 => "x64", 0x0100000C => "arm64", var other => $"cpu {other}" };
            case 0xBEBAFECA:
                return "Mach-O universal";
            default:
                return header.StartsWith("MZ"u8) ? WindowsPlatform(header) : null;
        }
    }

    private static string? WindowsPlatform(ReadOnlySpan<byte> header)
    {
        if (header.Length < WindowsHeaderField + sizeof(uint))
        {
            return null;
        }

        var start = BinaryPrimitives.ReadUInt32LittleEndian(header[WindowsHeaderField..]);
        if (start > header.Length - 6 || !header[(int)start..].StartsWith("PE\0\0"u8))
        {
            return null;
        }

        var machine = BinaryPrimitives.ReadUInt16LittleEndian(header[((int)start + 4)..]);
        return "Windows " + machine switch { 0x014C => "x86", 0x8664 => "x64", 0xAA64 => "arm64", var other => $"machine {other}" };
    }

    private static string ExpectedPlatform()
    {
        var format = OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "Mach-O" : "ELF";
        return $"{format} {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
