using System.Text;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class FileSignatureTests : IDisposable
{
    private static readonly Dictionary<string, byte[]> Contents = new()
    {
        ["gzip"] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 75, 4, 0],
        ["bzip2"] = [.. "BZh91AY&SY"u8, 1, 2, 3],
        ["xz"] = [0xFD, .. "7zXZ"u8, 0, 0, 4],
        ["zstd"] = [0x28, 0xB5, 0x2F, 0xFD, 4, 0],
        ["zip archive"] = [.. "PK"u8, 3, 4, 20, 0, 0, 0, 8, 0],
        ["HTML page"] = "<!DOCTYPE html>\n<html><body>Not found</body></html>\n"u8.ToArray(),
        ["pointer of Git LFS"] = Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"),
        ["Parquet"] = [.. "PAR1"u8, 21, 4, 21, 16],
        ["HDF5"] = [0x89, .. "HDF\r\n"u8, 0x1A, 0x0A, 0, 0, 0],
        ["Arrow"] = [.. "ARROW1"u8, 0, 0, 255, 255],
        ["safetensors"] = [40, 0, 0, 0, 0, 0, 0, 0, .. "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,2]}}"u8],
        ["Python pickle"] = [0x80, 4, 0x95, 16, 0, 0, 0, 0, 0, 0, 0, 0x8C, 21],
        ["JSON"] = "[[1, 2], [3, 4]]\n"u8.ToArray(),
        ["XML"] = "<?xml version=\"1.0\"?>\n<a/>\n"u8.ToArray(),
        ["SQLite"] = "SQLite format 3\0\u0010\0"u8.ToArray(),
        ["FAISS index"] = [.. "IxF2"u8, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0],
        ["PDF"] = "%PDF-1.7\n%x\n"u8.ToArray(),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => [.. Contents.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_file_of_another_kind_is_named_under_every_extension(string kind)
    {
        foreach (var extension in (string[])["fvecs", "bvecs", "npy", "csv"])
        {
            var path = _folder.Write("x." + extension, Contents[kind]);

            var e = Assert.Throws<InvalidDataException>(() => VectorFile.Read(path));

            Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
            Assert.Contains(kind, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_npy_under_another_name_is_named()
    {
        var path = _folder.Write("x.csv", Npy.Bytes(Npy.Header(), [1, 2]));

        Assert.Contains("is a NumPy array; rename it to .npy", Assert.Throws<InvalidDataException>(() => VectorFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.csv.gz", "decompress it first")]
    [InlineData("x.parquet", "numpy.save")]
    [InlineData("x.xlsx", "save the sheet as .csv")]
    [InlineData("x.dat", "--format")]
    public void An_unknown_extension_is_named_with_advice(string name, string advice)
    {
        var e = Assert.Throws<UsageException>(() => VectorFile.Read(_folder.Write(name, "1")));

        Assert.Contains(advice, e.Message, StringComparison.Ordinal);
    }
}
