using System.Text;

namespace FaissSdk.Cli;

/// <summary>Recognizes other formats by the first bytes of a file, to explain why it could not be read.</summary>
internal static class FileSignature
{
    private const int Size = 512;
    private const string Unpack = "decompress it first, for example with";
    private const string Convert = "save the vectors as .npy with numpy.save";

    private static readonly (byte[] Bytes, string Format, string Description)[] Signatures =
    [
        ([0x1F, 0x8B], "", $"is compressed by gzip; {Unpack} gunzip."),
        ([.. "BZh"u8], "", $"is compressed by bzip2; {Unpack} bunzip2."),
        ([0xFD, .. "7zXZ"u8, 0], "", $"is compressed by xz; {Unpack} unxz."),
        ([0x28, 0xB5, 0x2F, 0xFD], "", $"is compressed by zstd; {Unpack} unzstd."),
        ([.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], "", $"is a 7z archive; {Unpack} 7z."),
        ([.. "PK"u8, 3, 4], ".npz", "is a zip archive (as .npz, .xlsx and .pt files are), not the format that its name promises; unpack it, or rename it to .npz if numpy.savez has written it."),
        ([0x93, .. "NUMPY"u8], ".npy", "is a NumPy array; rename it to .npy, or add --format npy."),
        ([0x89, .. "HDF\r\n"u8, 0x1A, 0x0A], "", $"is an HDF5 file; {Convert}."),
        ([.. "PAR1"u8], "", $"is a Parquet file; {Convert}."),
        ([.. "ARROW1"u8], "", $"is an Arrow file; {Convert}."),
        ([.. "SQLite format 3"u8], "", $"is an SQLite database; {Convert}."),
        ([0xD0, 0xCF, 0x11, 0xE0], "", "is an Excel or Word file; save the sheet as .csv."),
        ([.. "%PDF-"u8], "", "is a PDF document."),
        ([.. "version https://git-lfs.github.com/spec/"u8], "", "is a pointer of Git LFS, not the file itself; fetch that with git lfs pull."),
        ([.. "MATLAB 5.0"u8], "", $"is a MATLAB file; {Convert}."),
    ];

    /// <summary>Returns what a file is if it does not have the expected format, and how to fix that; null if its first bytes are unknown.</summary>
    public static string? Describe(InputFile file, string format)
    {
        var bytes = new byte[Size];
        file.Rewind();
        var start = bytes.AsSpan(0, file.Read(bytes));
        foreach (var (signature, own, description) in Signatures)
        {
            if (start.StartsWith(signature) && own != format)
            {
                return description;
            }
        }

        return DescribePickle(start) ?? DescribeSafetensors(start) ?? DescribeIndex(start) ?? DescribeText(start);
    }

    private static string? DescribePickle(ReadOnlySpan<byte> start) =>
        start.Length > 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5 && start[2] is (byte)'c' or (byte)'(' or (byte)'}' or (byte)']' or 0x95 or 0x8A
            ? $"is a Python pickle; {Convert}."
            : null;

    // An int64 with the length of a JSON object, and that object.
    private static string? DescribeSafetensors(ReadOnlySpan<byte> start) =>
        start.Length > 10 && start[8..].StartsWith("{\""u8) && start[5..8].IndexOfAnyExcept((byte)0) < 0 ? $"is a safetensors file; {Convert}." : null;

    private static string? DescribeIndex(ReadOnlySpan<byte> start) =>
        start.Length > 4 && start[0] == 'I' && start[1..4].IndexOfAnyExceptInRange((byte)'!', (byte)'z') < 0 && start[4..].Contains((byte)0)
            ? "looks like a FAISS index; load it with FaissIndex.Load, and save its vectors instead."
            : null;

    private static string? DescribeText(ReadOnlySpan<byte> start)
    {
        var text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            ? "is an HTML page, perhaps an error page of a server; download the file again."
            : text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) ? "is an XML file; save the vectors as .csv or .npy."
            : text.StartsWith('[') || text.StartsWith('{') ? $"looks like JSON; {Convert}, or one vector per line, separated by commas and without brackets."
            : null;
    }
}
