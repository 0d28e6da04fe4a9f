using System.Runtime.InteropServices;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class BadInputTests : IDisposable
{
    private static readonly byte[] Png = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 1, 0, 0, 0, 1, 0];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.fvecs")]
    [InlineData("x.bvecs")]
    [InlineData("x.npy")]
    [InlineData("x.csv")]
    public void An_empty_file_is_refused(string name) => Refuses(name, [], "the file is empty");

    [Fact]
    public void A_truncated_fvecs_names_the_record() =>
        Refuses("x.fvecs", [.. Record(2, 1, 2), .. Record(2, 3, 4)[..7]], "record 1 (byte offset 12) is cut off: it has 7 of 12 bytes");

    [Fact]
    public void A_truncated_first_record_is_named() =>
        Refuses("x.fvecs", Record(3, 1, 2), "record 0 (byte offset 0) is cut off: it has 12 of 16 bytes");

    [Fact]
    public void A_truncated_dimension_is_reported() =>
        Refuses("x.fvecs", [1, 0], "record 0 is cut off: it has 2 of the 4 bytes of its dimension");

    [Fact]
    public void A_truncated_bvecs_names_the_record() =>
        Refuses("x.bvecs", [2, 0, 0, 0, 7, 8, 2, 0, 0, 0, 9], "record 1 (byte offset 6) is cut off: it has 5 of 6 bytes");

    [Theory]
    [InlineData("x.fvecs")]
    [InlineData("x.bvecs")]
    public void A_picture_read_as_vectors_reports_the_dimension(string name) =>
        Refuses(name, Png, "record 0 (byte offset 0) has dimension 1196314761");

    [Theory]
    [InlineData(0, "has dimension 0")]
    [InlineData(-4, "has dimension -4")]
    public void A_dimension_that_is_not_positive_is_reported(int dimension, string expected) =>
        Refuses("x.fvecs", Record(dimension, 1, 2), expected);

    [Fact]
    public void Different_dimensions_are_both_reported() =>
        Refuses("x.fvecs", [.. Record(2, 1, 2), .. Record(3, 1, 2, 3), .. Record(2, 1, 2)], "record 1 (byte offset 12) has dimension 3, but the records before it have 2");

    [Fact]
    public void A_shorter_last_record_reports_both_dimensions() =>
        Refuses("x.fvecs", [.. Record(2, 1, 2), .. Record(1, 1)], "record 1 (byte offset 12) has dimension 1, but the records before it have 2");

    [Fact]
    public void A_picture_read_as_npy_shows_its_first_bytes() => Refuses("x.npy", Png, "89504E470D0A1A0A");

    [Fact]
    public void An_unknown_npy_version_is_named() =>
        Refuses("x.npy", Npy.Bytes(Npy.Header(), [1, 2], version: 4), "version 4.0");

    [Theory]
    [InlineData("<c8")]
    [InlineData("|O")]
    [InlineData("<U4")]
    [InlineData("<f16")]
    public void An_unsupported_npy_type_is_named(string type) => Refuses("x.npy", Npy.Bytes(Npy.Header(type), [1, 2]), $"type '{type}'");

    [Fact]
    public void An_npy_type_of_records_is_named() =>
        Refuses("x.npy", Npy.Bytes("{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (1,), }", [1, 2]), "[('a', '<f4'), ('b', '<f4')]");

    [Theory]
    [InlineData("(2,)", "rank 1")]
    [InlineData("()", "rank 0")]
    [InlineData("(1, 1, 2)", "rank 3")]
    [InlineData("(0, 2)", "no vectors")]
    [InlineData("(2, 0)", "no vectors")]
    [InlineData("(x, 2)", "'x' is not a valid length")]
    [InlineData("(99999999999999999999, 2)", "not a valid length")]
    public void An_unsupported_npy_shape_is_named(string shape, string expected) => Refuses("x.npy", Npy.Bytes(Npy.Header(shape: shape), [1, 2]), shape, expected);

    [Fact]
    public void An_npy_too_large_for_an_array_is_refused() =>
        Refuses("x.npy", Npy.Bytes(Npy.Header(shape: "(4000000000, 4000000000)"), [1, 2]), "4000000000 vectors of dimension 4000000000", "one array");

    [Fact]
    public void An_npy_header_without_a_shape_is_shown() =>
        Refuses("x.npy", Npy.Bytes("{'descr': '<f4', 'fortran_order': False}", [1, 2]), "without descr, fortran_order and shape");

    [Fact]
    public void A_truncated_npy_header_reports_the_offset() =>
        Refuses("x.npy", Npy.Bytes(Npy.Header(), [])[..40], "header is cut off at byte offset 40");

    [Fact]
    public void A_truncated_npy_names_vector_and_component() =>
        Refuses("x.npy", Npy.Bytes(Npy.Header(shape: "(3, 2)"), [1, 2, 3]), "cut off in vector 1, component 1", "needs 24 bytes, but only 12 follow the header");

    [Fact]
    public void Bytes_after_the_array_of_an_npy_are_counted() =>
        Refuses("x.npy", Npy.Bytes(Npy.Header(), [1, 2, 3]), "4 bytes after the end of its array");

    [Theory]
    [InlineData("1,2\n3\n", "line 2 has 1 numbers, but the lines before it have 2")]
    [InlineData("1,2\n\n3,4,5\n", "line 3 has 3 numbers, but the lines before it have 2")]
    [InlineData("1,2\n3,four\n", "line 2, field 2: 'four' is not a number")]
    [InlineData("1,,3\n", "line 1, field 2: '' is not a number")]
    [InlineData("a,b\nc,d\n", "line 2, field 1: 'c' is not a number")]
    [InlineData("1,2\n3;4\n", "line 2, field 1: '3;4' is not a number")]
    [InlineData("1,2\nNaN,4\n", "line 2, field 1: 'NaN' is not a finite number")]
    [InlineData("1,1e39\n", "line 1, field 2: '1e39' is not a finite number")]
    [InlineData("1,2\n1,2,\n", "line 2, field 3: '' is not a number")]
    [InlineData("a,b\n\n", "no line of numbers")]
    [InlineData("\n\n", "no line of numbers")]
    public void A_bad_csv_names_the_line(string text, string expected) => Refuses("x.csv", System.Text.Encoding.UTF8.GetBytes(text), expected);

    [Fact]
    public void A_picture_read_as_csv_prints_no_control_characters()
    {
        var e = Assert.Throws<InvalidDataException>(() => VectorFile.Read(_folder.Write("x.csv", Png)));

        Assert.DoesNotContain(e.Message, char.IsControl);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var e = Assert.Throws<UsageException>(() => VectorFile.Read(_folder.File("x.npy")));

        Assert.Equal($"{_folder.File("x.npy")} does not exist.", e.Message);
    }

    [Fact]
    public void A_directory_is_refused()
    {
        Directory.CreateDirectory(_folder.File("x.npy"));

        var e = Assert.Throws<UsageException>(() => VectorFile.Read(_folder.File("x.npy")));

        Assert.Contains("is a directory", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_extension_lists_the_supported_ones()
    {
        var e = Assert.Throws<UsageException>(() => VectorFile.Read(_folder.Write("x.parquet", "1")));

        Assert.Contains("'.parquet' is unknown, expected .fvecs, .bvecs, .ivecs, .fbin, .u8bin, .i8bin, .npy, .npz, .csv, .tsv or .txt; save the vectors with numpy.save.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_without_extension_lists_the_supported_ones()
    {
        var e = Assert.Throws<UsageException>(() => VectorFile.Read(_folder.Write("points", "1")));

        Assert.EndsWith("points has no extension, expected .fvecs, .bvecs, .ivecs, .fbin, .u8bin, .i8bin, .npy, .npz, .csv, .tsv or .txt; --format states the format of a file with another name.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unreadable_file_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "A privileged process can read every file.");
        var path = _folder.Write("x.csv", "1,2");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.None);
        }

        var e = Assert.Throws<UnauthorizedAccessException>(() => VectorFile.Read(path));

        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    private static byte[] Record(int dimension, params float[] components) => [.. BitConverter.GetBytes(dimension), .. MemoryMarshal.AsBytes<float>(components)];

    private void Refuses(string name, byte[] content, params string[] expected)
    {
        var path = _folder.Write(name, content);

        var e = Assert.Throws<InvalidDataException>(() => VectorFile.Read(path));

        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }
}
