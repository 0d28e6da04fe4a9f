using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaissSdk.Interop;

/// <summary>Reads the platform of a library from its file header.</summary>
internal static class NativeImage
{
    /// <summary>Returns the reason why this process cannot load the file, or <see langword="null"/> if the header gives none.</summary>
    public static string? WhyNotLoadable(string path)
    {
        Span<byte> header = stackalloc byte[20];
        int read;
        using (var file = File.OpenRead(path))
        {
            read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        }

        var platform = read < header.Length ? null : Platform(header);
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
                return header.StartsWith("MZ"u8) ? "Windows" : null;
        }
    }

    private static string ExpectedPlatform()
    {
        var format = OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "Mach-O" : "ELF";
        return format == "Windows" ? format : $"{format} {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
