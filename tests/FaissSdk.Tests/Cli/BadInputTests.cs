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
    public void Reading_an_empty_file_says_so(string name) => Refuses(name, [], "the file is empty");

    [Fact]
    public void Reading_a_truncated_fvecs_names_the_record() =>
        Refuses("x.fvecs", [.. Record(2, 1, 2), .. Record(2, 3, 4)[..7]], "record 1 (byte offset 12) is cut off: 7 of 12 bytes");

    [Fact]
    public void Reading_an_fvecs_cut_off_in_its_first_record_names_it() =>
        Refuses("x.fvecs", Record(3, 1, 2), "record 0 (byte offset 0) is cut off: 12 of 16 bytes");

    [Fact]
    public void Reading_an_fvecs_of_two_bytes_says_that_the_dimension_is_cut_off() =>
        Refuses("x.fvecs", [1, 0], "record 0 is cut off: 2 of the 4 bytes of its dimension");

    [Fact]
    public void Reading_a_truncated_bvecs_names_the_record() =>
        Refuses("x.bvecs", [2, 0, 0, 0, 7, 8, 2, 0, 0, 0, 9], "record 1 (byte offset 6) is cut off: 5 of 6 bytes");

    [Theory]
    [InlineData("x.fvecs")]
    [InlineData("x.bvecs")]
    public void Reading_a_picture_as_vectors_names_the_absurd_dimension(string name) =>
        Refuses(name, Png, "record 0 (byte offset 0) has dimension 1196314761");

    [Theory]
    [InlineData(0, "has dimension 0")]
    [InlineData(-4, "has dimension -4")]
    public void Reading_an_fvecs_without_a_positive_dimension_names_it(int dimension, string expected) =>
        Refuses("x.fvecs", Record(dimension, 1, 2), expected);

    [Fact]
    public void Reading_an_fvecs_with_another_dimension_in_a_record_names_both() =>
        Refuses("x.fvecs", [.. Record(2, 1, 2), .. Record(3, 1, 2, 3), .. Record(2, 1, 2)], "record 1 (byte offset 12) has dimension 3, the records before it have 2");

    [Fact]
    public void Reading_an_fvecs_with_another_dimension_in_its_last_and_shorter_record_names_both() =>
        Refuses("x.fvecs", [.. Record(2, 1, 2), .. Record(1, 1)], "record 1 (byte offset 12) has dimension 1, the records before it have 2");

    [Fact]
    public void Reading_a_picture_as_npy_says_what_it_begins_with() => Refuses("x.npy", Png, "89504E470D0A1A0A");

    [Fact]
    public void Reading_an_npy_of_an_unknown_version_names_it() =>
        Refuses("x.npy", Npy.Bytes(Header(), [1, 2], version: 4), "version 4.0");

    [Theory]
    [InlineData("<f8")]
    [InlineData(">f4")]
    [InlineData("|u1")]
    [InlineData("<i4")]
    public void Reading_an_npy_of_another_type_names_it(string type) => Refuses("x.npy", Npy.Bytes(Header(type), [1, 2]), $"type '{type}'");

    [Fact]
    public void Reading_an_npy_of_records_names_their_type() =>
        Refuses("x.npy", Npy.Bytes("{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (1,), }", [1, 2]), "[('a', '<f4'), ('b', '<f4')]");

    [Fact]
    public void Reading_an_npy_in_fortran_order_says_so() => Refuses("x.npy", Npy.Bytes(Header(order: "True"), [1, 2]), "Fortran order");

    [Theory]
    [InlineData("(2,)", "rank 1")]
    [InlineData("()", "rank 0")]
    [InlineData("(1, 1, 2)", "rank 3")]
    [InlineData("(0, 2)", "no vectors")]
    [InlineData("(2, 0)", "no vectors")]
    [InlineData("(x, 2)", "'x' is no length")]
    [InlineData("(99999999999999999999, 2)", "no length")]
    public void Reading_an_npy_of_another_shape_names_it(string shape, string expected) => Refuses("x.npy", Npy.Bytes(Header(shape: shape), [1, 2]), shape, expected);

    [Fact]
    public void Reading_an_npy_too_large_for_an_array_says_so() =>
        Refuses("x.npy", Npy.Bytes(Header(shape: "(4000000000, 4000000000)"), [1, 2]), "4000000000 vectors of dimension 4000000000", "one array");

    [Fact]
    public void Reading_an_npy_without_a_shape_shows_its_header() =>
        Refuses("x.npy", Npy.Bytes("{'descr': '<f4', 'fortran_order': False}", [1, 2]), "without descr, fortran_order and shape");

    [Fact]
    public void Reading_an_npy_with_a_truncated_header_says_where() =>
        Refuses("x.npy", Npy.Bytes(Header(), [])[..40], "header is cut off at byte offset 40");

    [Fact]
    public void Reading_a_truncated_npy_names_vector_and_component() =>
        Refuses("x.npy", Npy.Bytes(Header(shape: "(3, 2)"), [1, 2, 3]), "cut off in vector 1, component 1", "12 of the 24 bytes");

    [Fact]
    public void Reading_an_npy_with_more_than_its_array_says_how_much() =>
        Refuses("x.npy", Npy.Bytes(Header(), [1, 2, 3]), "4 bytes after the end of its array");

    [Theory]
    [InlineData("1,2\n3\n", "line 2 has 1 numbers, the lines before it have 2")]
    [InlineData("1,2\n\n3,4,5\n", "line 3 has 3 numbers, the lines before it have 2")]
    [InlineData("1,2\n3,four\n", "line 2, field 2: 'four' is not a number")]
    [InlineData("1,,3\n", "line 1, field 2: '' is not a number")]
    [InlineData("a,b\nc,d\n", "line 2, field 1: 'c' is not a number")]
    [InlineData("1;2\n3;4\n", "line 2, field 1: '3;4' is not a number")]
    [InlineData("1,2\n1,2,\n", "line 2, field 3: '' is not a number")]
    [InlineData("a,b\n\n", "no line of numbers")]
    [InlineData("\n\n", "no line of numbers")]
    public void Reading_a_bad_csv_names_the_line(string text, string expected) => Refuses("x.csv", System.Text.Encoding.UTF8.GetBytes(text), expected);

    [Fact]
    public void Reading_a_picture_as_csv_shows_no_control_characters()
    {
        var e = Assert.Throws<InvalidDataException>(() => VectorFile.Read(_folder.Write("x.csv", Png)));

        Assert.DoesNotContain(e.Message, char.IsControl);
    }

    [Fact]
    public void Reading_a_missing_file_names_it()
    {
        var e = Assert.Throws<UsageException>(() => VectorFile.Read(_folder.File("x.npy")));

        Assert.Equal($"{_folder.File("x.npy")} does not exist.", e.Message);
    }

    [Fact]
    public void Reading_a_directory_says_that_it_is_one()
    {
        Directory.CreateDirectory(_folder.File("x.npy"));

        var e = Assert.Throws<UsageException>(() => VectorFile.Read(_folder.File("x.npy")));

        Assert.Contains("is a directory", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_an_unknown_extension_lists_the_known_ones()
    {
        var e = Assert.Throws<UsageException>(() => VectorFile.Read(_folder.Write("x.parquet", "1")));

        Assert.Contains("'.parquet' is unknown, expected .fvecs, .bvecs, .npy or .csv", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_without_permission_names_the_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "A privileged process may read everything.");
        var path = _folder.Write("x.csv", "1,2");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.None);
        }

        var e = Assert.Throws<UnauthorizedAccessException>(() => VectorFile.Read(path));

        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    private static byte[] Record(int dimension, params float[] components) => [.. BitConverter.GetBytes(dimension), .. MemoryMarshal.AsBytes<float>(components)];

    private static string Header(string type = "<f4", string order = "False", string shape = "(1, 2)") => $"{{'descr': '{type}', 'fortran_order': {order}, 'shape': {shape}, }}";

    private void Refuses(string name, byte[] content, params string[] expected)
    {
        var path = _folder.Write(name, content);

        var e = Assert.Throws<InvalidDataException>(() => VectorFile.Read(path));

        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }
}
