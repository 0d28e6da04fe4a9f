using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Reads arrays of other types than float32, and other files of arrays than .npy.</summary>
public sealed class ArrayFileTests : IDisposable
{
    private static readonly byte[] Numbers = [.. Enumerable.Range(1, 6).Select(i => (byte)i)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("f2", "float16")]
    [InlineData("f8", "float64")]
    [InlineData("i1", "int8")]
    [InlineData("i2", "int16")]
    [InlineData("i4", "int32")]
    [InlineData("i8", "int64")]
    [InlineData("u1", "uint8")]
    [InlineData("u2", "uint16")]
    [InlineData("u4", "uint32")]
    [InlineData("u8", "uint64")]
    [InlineData("b1", "bool")]
    public void Every_type_of_numbers_is_converted_with_a_note(string type, string name)
    {
        var isByte = type[1] == '1';
        Reads("x.npy", Array((isByte ? "|" : "<") + type, Numbers), 2, [1, 2, 3, 4, 5, 6], $"the numbers are {name} and are converted to float32.");
        if (!isByte)
        {
            Reads("x.npy", Array(">" + type, Numbers), 2, [1, 2, 3, 4, 5, 6], $"the numbers are big-endian {name} and are converted to float32.");
        }
    }

    [Fact]
    public void Big_endian_float32_is_converted_with_a_note() =>
        Reads("x.npy", Array(">f4", Numbers), 2, [1, 2, 3, 4, 5, 6], "the numbers are big-endian float32 and are converted to float32.");

    [Theory]
    [InlineData("<f4")]
    [InlineData(">f8")]
    [InlineData("|u1")]
    public void Fortran_order_is_converted_with_a_note(string type) =>
        Reads("x.npy", Array(type, [1, 4, 2, 5, 3, 6], "(2, 3)", order: "True"), 3, [1, 2, 3, 4, 5, 6], "the array is in Fortran order and is converted to C order.");

    [Fact]
    public void A_large_array_in_Fortran_order_is_read_completely()
    {
        const int count = 30_000, dimension = 100;
        var columns = new double[count * dimension];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = (i % count * dimension) + (i / count);
        }

        var path = _folder.Write("x.npy", Npy.OfBytes(Npy.Header("<f8", "True", $"({count}, {dimension})"), MemoryMarshal.AsBytes<double>(columns)));

        Assert.Equal(Enumerable.Range(0, columns.Length).Select(i => (float)i), VectorFile.Read(path).Values);
    }

    [Theory]
    [InlineData("False", "component 1 of vector 1 (both counted from 0) is 1E+39")]
    [InlineData("True", "component 1 of vector 0 (both counted from 0) is 1E+39")]
    public void A_number_beyond_float32_is_named(string order, string expected)
    {
        double[] values = [1, 2, 3, 1e39, 5, 6];
        var path = _folder.Write("x.npy", Npy.OfBytes(Npy.Header("<f8", order, "(3, 2)"), MemoryMarshal.AsBytes<double>(values)));

        var e = Assert.Throws<InvalidDataException>(() => VectorFile.Read(path));

        Assert.Contains(expected + ", beyond the range of float32", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_component_that_is_not_finite_stays_as_it_is(double component)
    {
        double[] values = [1, component];
        var path = _folder.Write("x.npy", Npy.OfBytes(Npy.Header("<f8"), MemoryMarshal.AsBytes<double>(values)));

        Assert.Equal([1, (float)component], VectorFile.Read(path).Values);
    }

    [Theory]
    [InlineData(16777217, "component 1 of vector 0 (both counted from 0) is 16777217, which float32 rounds to 16777216.")]
    [InlineData(long.MaxValue, "is 9223372036854775807, which float32 rounds to 9.223372E+18.")]
    [InlineData(long.MinValue, null)]
    public void A_rounded_integer_is_noted(long component, string? note)
    {
        long[] values = [1, component];
        var path = _folder.Write("x.npy", Npy.OfBytes(Npy.Header("<i8"), MemoryMarshal.AsBytes<long>(values)));

        var run = CommandRun.Of("kmeans", "--input", path, "--clusters", "1", "--backend", "managed", "--spherical");

        Assert.Equal(note is not null, run.Error.Contains("rounds", StringComparison.Ordinal));
        Assert.Contains(note ?? "", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(6,)", "array.reshape(-1, 1)")]
    [InlineData("(1, 3, 2)", "array.reshape(len(array), -1)")]
    public void Another_shape_is_named_with_advice(string shape, string expected) => Refuses("x.npy", Array("<f4", Numbers, shape), expected);

    [Theory]
    [InlineData("<c8", "take array.real")]
    [InlineData("|O", "numpy.stack(array)")]
    [InlineData("<V2", "bfloat16")]
    [InlineData("<U3", "astype('<f4')")]
    [InlineData("<f16", "astype('<f4')")]
    public void Another_type_is_named_with_advice(string type, string expected) => Refuses("x.npy", Npy.Bytes(Npy.Header(type), new float[8]), $"type '{type}'", expected);

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void The_only_array_of_an_npz_is_read(CompressionLevel level) =>
        Reads("x.npz", Archive(level, ("arr_0.npy", Array("<f4", Numbers)), ("readme.txt", [1])), 2, [1, 2, 3, 4, 5, 6]);

    [Fact]
    public void Several_arrays_of_an_npz_are_listed()
    {
        var path = _folder.Write("x.npz", Archive(CompressionLevel.Optimal, ("train.npy", Array("<f4", Numbers)), ("test.npy", Array("<f4", [6, 5]))));

        Assert.Contains("has 2 arrays: train, test; choose one by --array NAME.", Assert.Throws<InvalidDataException>(() => VectorFile.Read(path)).Message, StringComparison.Ordinal);
        Assert.Contains("3 points of dimension 2", KMeans(path, "--array", "train").Output, StringComparison.Ordinal);
        Assert.Contains("--array is 'x', but", KMeans(path, "--array", "x").Error, StringComparison.Ordinal);
        Assert.Contains("expected one of: train, test.", KMeans(path, "--array", "x").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_of_a_file_without_arrays_is_refused() =>
        Assert.Contains("--array is 'x', but", KMeans(_folder.Write("x.csv", "1,2\n"), "--array", "x").Error, StringComparison.Ordinal);

    [Fact]
    public void An_npz_without_arrays_is_named() => Refuses("x.npz", Archive(CompressionLevel.Optimal, ("readme.txt", [1])), "is a zip archive without arrays (.npy)");

    [Fact]
    public void A_sparse_matrix_is_named() =>
        Refuses("x.npz", Archive(CompressionLevel.Optimal, ("indices.npy", Array("<i4", Numbers)), ("indptr.npy", Array("<i4", Numbers))), "is a sparse matrix of SciPy");

    [Fact]
    public void A_truncated_npz_is_named() => Refuses("x.npz", Archive(CompressionLevel.Optimal, ("a.npy", Array("<f4", Numbers)))[..^30], "is not an intact .npz (zip) archive");

    [Fact]
    public void A_changed_byte_of_an_npz_is_noticed()
    {
        var bytes = Archive(CompressionLevel.NoCompression, ("a.npy", Array("<f4", Numbers)));
        bytes[bytes.AsSpan().IndexOf(BitConverter.GetBytes(6f)) + 2] ^= 1;

        Refuses("x.npz", bytes, "(a): has another checksum");
    }

    [Theory]
    [InlineData("x.fbin", 4)]
    [InlineData("x.u8bin", 1)]
    [InlineData("x.i8bin", 1)]
    public void Files_of_the_Big_ANN_benchmarks_are_read(string name, int size)
    {
        var data = size == 1 ? Numbers : [.. Numbers.SelectMany(number => BitConverter.GetBytes((float)number))];

        Reads(name, [3, 0, 0, 0, 2, 0, 0, 0, .. data], 2, [1, 2, 3, 4, 5, 6]);
        Refuses(name, [3, 0, 0, 0, 2, 0, 0, 0, .. data[..^1]], "is cut off in vector 2, component 1");
        Refuses(name, [3, 0, 0, 0, 2, 0, 0, 0, .. data, 0], "has 1 bytes after the end");
        Refuses(name, [0, 0, 0, 0, 2, 0, 0, 0], "declares 0 vectors of dimension 2");
        Refuses(name, [255, 255, 255, 255, 255, 255, 255, 255, 0], "4294967295 vectors of dimension 4294967295");
        Refuses(name, [3, 0, 0, 0], "the header is cut off: it has 4 of 8 bytes");
    }

    [Fact]
    public void Signed_bytes_are_negative_in_an_i8bin() => Reads("x.i8bin", [1, 0, 0, 0, 2, 0, 0, 0, 255, 128], 2, [-1, -128]);

    [Fact]
    public void An_ivecs_is_read_and_a_rounded_integer_noted()
    {
        Reads("x.ivecs", [.. Record(1, 2), .. Record(-3, 4)], 2, [1, 2, -3, 4]);
        Reads("x.ivecs", [.. Record(1, 2), .. Record(16777219, 4)], 2, [1, 2, 16777220, 4], "component 0 of vector 1 (both counted from 0) is 16777219, which float32 rounds to 16777220.");
    }

    [Theory]
    [InlineData("fvecs")]
    [InlineData(".FVECS")]
    public void A_stated_format_replaces_the_extension(string format)
    {
        VectorFile.Write(_folder.File("x.fvecs"), new float[] { 1, 2, 3, 4 }, dimension: 2);
        File.Move(_folder.File("x.fvecs"), _folder.File("data"));

        Assert.Contains("2 points of dimension 2", KMeans(_folder.File("data"), "--format", format).Output, StringComparison.Ordinal);
        Assert.Contains("has no extension, expected .fvecs", KMeans(_folder.File("data")).Error, StringComparison.Ordinal);
        Assert.StartsWith("faiss-sdk: error: --format is 'xml', expected fvecs, bvecs", KMeans(_folder.File("data"), "--format", "xml").Error, StringComparison.Ordinal);
    }

    private static CommandRun KMeans(string path, params string[] arguments) => CommandRun.Of(["kmeans", "--input", path, "--clusters", "1", "--backend", "managed", .. arguments]);

    private static byte[] Array(string type, byte[] numbers, string shape = "(3, 2)", string order = "False") =>
        Npy.OfBytes(Npy.Header(type, order, numbers.Length == 6 ? shape : "(1, 2)"), [.. numbers.SelectMany(number => Encode(type, number))]);

    private static byte[] Encode(string type, byte number)
    {
        var bytes = type[1..] switch
        {
            "f2" => BitConverter.GetBytes((Half)number),
            "f4" => BitConverter.GetBytes((float)number),
            "f8" => BitConverter.GetBytes((double)number),
            _ => BitConverter.GetBytes((long)number)[..(type[2] - '0')],
        };
        if (type[0] == '>')
        {
            System.Array.Reverse(bytes);
        }

        return bytes;
    }

    private static byte[] Record(params int[] components)
    {
        var record = new byte[sizeof(int) * (components.Length + 1)];
        BinaryPrimitives.WriteInt32LittleEndian(record, components.Length);
        MemoryMarshal.AsBytes<int>(components).CopyTo(record.AsSpan(sizeof(int)));
        return record;
    }

    private static byte[] Archive(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    private void Reads(string name, byte[] content, int dimension, float[] expected, string? note = null)
    {
        var path = _folder.Write(name, content);

        var read = VectorFile.Read(path);
        var run = KMeans(path);

        Assert.Equal((dimension, 0), (read.Dimension, run.ExitCode));
        Assert.Equal(expected, read.Values);
        Assert.Equal(note is null, run.Error.Length == 0);
        Assert.Contains(note ?? "", run.Error, StringComparison.Ordinal);
    }

    private void Refuses(string name, byte[] content, params string[] expected)
    {
        var path = _folder.Write(name, content);

        var e = Assert.Throws<InvalidDataException>(() => VectorFile.Read(path));

        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }
}
