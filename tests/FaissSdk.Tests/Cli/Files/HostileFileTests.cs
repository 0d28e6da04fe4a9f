using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Reads files that are damaged, or crafted to do harm.</summary>
public sealed class HostileFileTests : IDisposable
{
    private static readonly int Mutations = int.TryParse(Environment.GetEnvironmentVariable("FAISS_SDK_MUTATIONS"), CultureInfo.InvariantCulture, out var wanted) ? Math.Max(wanted, 400) : 400;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Extensions => ["fvecs", "bvecs", "ivecs", "fbin", "u8bin", "i8bin", "npy", "npz", "csv"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("'descr':[")]
    [InlineData("'descr':[]")]
    [InlineData("{'descr':")]
    [InlineData("'descr':'")]
    [InlineData("((((((((")]
    [InlineData("'a':'b',")]
    [InlineData("\\\\\\\\\\'")]
    [InlineData("        ")]
    [InlineData("'shape':(1,")]
    public void A_hostile_npy_header_takes_no_time(string part)
    {
        var text = "{" + string.Concat(Enumerable.Repeat(part, (1 << 20) / part.Length - 1));
        var path = _folder.Write("x.npy", Npy.Bytes(text, [], version: 2));

        // Other tests run beside this one, so the fastest of some calls counts.
        var seconds = Enumerable.Range(0, 4).Min(_ =>
        {
            var clock = Stopwatch.StartNew();
            Assert.Throws<InvalidDataException>(() => VectorFile.Read(path));
            return clock.Elapsed.TotalSeconds;
        });

        Assert.InRange(seconds, 0, 1.5);
    }

    [Theory]
    [InlineData("{'shape': (1, 2), 'descr': '<f4', 'fortran_order': False}")]
    [InlineData("{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (1, 2)}")]
    [InlineData("  { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 1 , 2 , ) , }   ")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 2L), }")]
    [InlineData("{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), 'note': {'a': [(1, '}')]}, }")]
    public void An_unusual_npy_header_is_read(string header) =>
        Assert.Equal([1, 2], VectorFile.Read(_folder.Write("x.npy", Npy.Bytes(header, [1, 2]))).Values);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }, 1")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 2), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': [1, 2], }")]
    [InlineData("{'descr': , 'fortran_order': False, 'shape': (1, 2), }")]
    [InlineData("{'x': \"'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)\"}")]
    public void A_wrong_npy_header_is_shown(string header)
    {
        var path = _folder.Write("x.npy", Npy.Bytes(header, [1, 2]));

        Assert.Contains("has a header without descr, fortran_order and shape", Assert.Throws<InvalidDataException>(() => VectorFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(1000000000, 2)", "<f4", "needs 8000000000 bytes")]
    [InlineData("(9223372036854775807, 9223372036854775807)", "<f8", "fit into one array")]
    [InlineData("(3037000500, 3037000500)", "<f4", "fit into one array")]
    [InlineData("(4611686018427387904, 4)", "<f4", "fit into one array")]
    [InlineData("(-1, 2)", "<f4", "'-1' is not a valid length")]
    public void A_lying_shape_allocates_nothing(string shape, string type, string expected)
    {
        var path = _folder.Write("x.npy", Npy.Bytes(Npy.Header(type, shape: shape), [1, 2]));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var e = Assert.Throws<InvalidDataException>(() => VectorFile.Read(path));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Extensions))]
    public void A_damaged_file_is_read_or_refused(string extension)
    {
        var original = Intact(extension);
        Assert.Equal([1, 2, 3, 4, 5, 6], VectorFile.Read(_folder.Write("x." + extension, original)).Values);
        var random = new Random(extension.Sum(character => character));
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = Mutate(original, random);
            var path = _folder.Write("x." + extension, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();

            var e = Record.Exception(() => VectorFile.Read(path));

            Assert.True(e is null or InvalidDataException, $"mutation {i} of .{extension} ({Convert.ToHexString(bytes)}): {e}");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
        }
    }

    [Fact]
    public void Every_prefix_of_a_file_is_read_or_refused()
    {
        foreach (var extension in Extensions.Select(row => row.Data))
        {
            var bytes = Intact(extension);
            for (var length = 0; length < bytes.Length; length++)
            {
                var path = _folder.Write("x." + extension, bytes[..length]);

                var e = Record.Exception(() => VectorFile.Read(path));

                Assert.True(e is InvalidDataException || (extension == "csv" && e is null) || IsWholeRecord(extension, length), $"{length} bytes of .{extension}: {e}");
            }
        }
    }

    private static bool IsWholeRecord(string extension, int length) => extension.EndsWith("vecs", StringComparison.Ordinal) && length > 0 && length % (extension == "bvecs" ? 6 : 12) == 0;

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        for (var i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--)
        {
            var position = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[position] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..position];
                    break;
                case 3:
                    bytes = [.. bytes[..position], .. bytes[random.Next(position + 1)..]];
                    break;
                default:
                    bytes.AsSpan(position, Math.Min(random.Next(1, 9), bytes.Length - position)).Fill(random.Next(2) == 0 ? byte.MaxValue : (byte)0);
                    break;
            }
        }

        return bytes;
    }

    private static byte[] Intact(string extension)
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        byte[] bytes = [1, 2, 3, 4, 5, 6];
        byte[] singles = [.. values.SelectMany(BitConverter.GetBytes)];
        byte[] header = [3, 0, 0, 0, 2, 0, 0, 0];
        return extension switch
        {
            "fvecs" => [.. values.Chunk(2).SelectMany(row => (byte[])[2, 0, 0, 0, .. row.SelectMany(BitConverter.GetBytes)])],
            "bvecs" => [.. bytes.Chunk(2).SelectMany(row => (byte[])[2, 0, 0, 0, .. row])],
            "ivecs" => [.. bytes.Chunk(2).SelectMany(row => (byte[])[2, 0, 0, 0, row[0], 0, 0, 0, row[1], 0, 0, 0])],
            "fbin" => [.. header, .. singles],
            "u8bin" or "i8bin" => [.. header, .. bytes],
            "npy" => Npy.Bytes(Npy.Header(shape: "(3, 2)"), values),
            "npz" => Archive(Npy.Bytes(Npy.Header(shape: "(3, 2)"), values)),
            _ => Encoding.UTF8.GetBytes("\"x\";y\n1;2\n3;4\n\"5\";6\n"),
        };
    }

    private static byte[] Archive(byte[] array)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("a.npy").Open();
            entry.Write(array);
        }

        return stream.ToArray();
    }
}
