using System.Text;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Reads text files as other programs write them.</summary>
public sealed class CsvVariantTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1;2\n3;4\n")]
    [InlineData("1\t2\n3\t4\n")]
    [InlineData("1|2\n3|4\n")]
    [InlineData("1 2\n3 4\n")]
    [InlineData("  1    2\n 3e0 \t 4.0  \n")]
    [InlineData("1.000000000000000000e+00 2.000000000000000000e+00\n3.000000000000000000e+00 4.000000000000000000e+00\n")]
    [InlineData("1, 2\n3, 4")]
    [InlineData("1,2\r3,4\r")]
    [InlineData("1,2\r\n3,4\r\n")]
    [InlineData("\"1\",\"2\"\n\"3\",\"4\"\n")]
    [InlineData("\"1\" \"2\"\n\"3\" \"4\"\n")]
    [InlineData("\uFEFF1;2\n3;4\n")]
    public void A_file_with_other_separators_is_read_without_a_note(string text) => Reads(text, 2, [1, 2, 3, 4]);

    [Theory]
    [InlineData("x,y\n1,2\n3,4\n", "line 1 is taken for a header: x,y.")]
    [InlineData("a b\tc\n1\t2\n3\t4\n", "line 1 is taken for a header: a b c.")]
    [InlineData("\"a, b\",\"c\"\n1,2\n3,4\n", "line 1 is taken for a header: \"a, b\",\"c\".")]
    [InlineData("sep=;\nx;y\n1;2\n3;4\n", "line 2 is taken for a header: x;y.")]
    [InlineData("# by x\n1,2\n# more\n3,4\n", "2 lines that start with # left out.")]
    [InlineData("1,2,\n3,4,\n", "the separator at the end of the lines is left out")]
    [InlineData("x,y,\n1,2,\n3,4,\n", "the separator at the end of the lines is left out")]
    [InlineData(",0,1\n0,1,2\n1,3,4\n", "the first column has no name, and is left out as an index")]
    [InlineData(",x,y\n7,1,2\n3,3,4\n", "the first column has no name, and is left out as an index")]
    [InlineData(",x,y\nrow1,1,2\nrow2,3,4\n", "the first column has no name, and is left out as an index")]
    [InlineData("Unnamed: 0,x,y\n0,1,2\n1,3,4\n", "the first column has no name, and is left out as an index")]
    [InlineData("\"\",\"V1\",\"V2\"\n\"1\",1,2\n\"2\",3,4\n", "the first column has no name, and is left out as an index")]
    [InlineData("\"V1\" \"V2\"\n\"1\" 1 2\n\"2\" 3 4\n", "the first column has no name, and is left out as an index")]
    [InlineData("   x  y\n0  1  2\n1  3  4\n", "the first column has no name, and is left out as an index")]
    public void What_is_left_out_of_a_file_is_noted(string text, string note) => Reads(text, 2, [1, 2, 3, 4], note);

    [Theory]
    [InlineData("utf-16", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-32", true)]
    [InlineData("utf-32BE", true)]
    public void Other_encodings_are_read_with_a_note(string name, bool withMark)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] bytes = [.. withMark ? encoding.GetPreamble() : [], .. encoding.GetBytes("1,2\r\n3,4\r\n")];

        Reads(bytes, 2, [1, 2, 3, 4], "the text is in UTF-");
    }

    [Fact]
    public void A_long_file_in_UTF_16_is_read_completely()
    {
        var values = Enumerable.Range(0, 600_000).Select(i => (float)i).ToArray();
        var text = string.Concat(values.Chunk(3).Select(row => string.Join(';', row) + "\r"));

        var read = VectorFile.Read(_folder.Write("x.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)]));

        Assert.Equal(values, read.Values);
    }

    [Theory]
    [InlineData("0,1,2\n0.5,1,2\n", new float[] { 0.5f, 1, 2 })]
    [InlineData("0,1,2,3,4,5,6,7\n7,7,7,7,7,7,7,7\n", new float[] { 7, 7, 7, 7, 7, 7, 7, 7 })]
    public void Column_names_0_1_2_are_a_header(string text, float[] expected) => Reads(text, expected.Length, expected, "line 1 is taken for a header: 0,1,2");

    [Theory]
    [InlineData("0,1\n3,4\n", new float[] { 0, 1, 3, 4 })]
    [InlineData("0,1\n0.5,0.25\n", new[] { 0, 1, 0.5f, 0.25f })]
    [InlineData("\"2019\",\"2020\"\n3,4\n", new float[] { 2019, 2020, 3, 4 })]
    public void Numbers_that_could_be_column_names_are_kept_with_a_note(string text, float[] expected) =>
        Reads(text, 2, expected, "line 1 is kept as a vector, but looks like the names of columns");

    [Fact]
    public void Vectors_that_count_up_are_kept_with_a_note()
    {
        var values = Enumerable.Range(0, 27).Select(i => (float)i).ToArray();

        Reads(string.Concat(values.Chunk(9).Select(row => string.Join(',', row) + "\n")), 9, values, "line 1 is kept as a vector");
    }

    [Fact]
    public void A_column_that_counts_the_lines_is_kept_with_a_note() =>
        Reads("1,5\n2,7\n3,5\n", 2, [1, 5, 2, 7, 3, 5], "the first column counts the lines and is kept");

    [Fact]
    public void An_integer_that_is_rounded_is_noted() =>
        Reads("5,1700000001\n7,1700000002\n", 2, [5, 1.7e9f, 7, 1.7e9f], "line 1, field 2: '1700000001' is rounded by float32 to 1.7E+09.");

    [Theory]
    [InlineData("1,x\n3,4\n", "line 1, field 2: 'x' is not a number", "A line is a header only if none of its fields is a number.")]
    [InlineData("a,b,3\n1,2,3\n", "line 1, field 1: 'a' is not a number")]
    [InlineData("1.5,2.O\n3,4\n", "line 1, field 2: '2.O' is not a number")]
    [InlineData("1;x\n3,4\n", "line 1, field 1: '1;x' is not a number")]
    [InlineData("1,5;2,5\n3,5;4,5\n", "line 1, field 1: '1,5' is not a number: decimal commas")]
    [InlineData("x\ty\n1,5\t2,5\n", "line 2, field 1: '1,5' is not a number: decimal commas")]
    [InlineData("\"1,234\",\"2\"\n", "line 1, field 1: '1,234' is not a number: decimal commas and thousands separators")]
    [InlineData("1 234,2\n3,4\n", "line 1, field 1: '1 234' is not a number: decimal commas and thousands separators")]
    [InlineData("1'234,2\n3,4\n", "line 1, field 1: '1'234' is not a number: decimal commas and thousands separators")]
    [InlineData("10%,20%\n", "line 1, field 1: '10%' is not a number: percent signs")]
    [InlineData("1,2\n\"3,4\n", "line 2, field 1: '\"3' is not a number: the quote is not closed")]
    [InlineData("1,2\n\"3\"x,4\n", "line 2, field 1: '\"3\"x' is not a number")]
    [InlineData("NA,NA\n1,2\n", "line 1, field 1: 'NA' is not a number: the value is missing")]
    [InlineData(",\n1,2\n", "line 1, field 1: '' is not a number: the value is missing")]
    [InlineData("nan,nan\n1,2\n", "line 1, field 1: 'nan' is not a finite number")]
    [InlineData("inf,inf\n1,2\n", "line 1, field 1: 'inf' is not a number")]
    [InlineData("1,\u22122\n3,4\n", "line 1, field 2: '\u22122' is not a number: it has the character U+2212")]
    [InlineData("2024-01-01,1\n", "line 1, field 1: '2024-01-01' is not a number")]
    [InlineData("My data\n1,2\n3,4\n", "line 1 has 1 names, but line 2 has 2 fields")]
    [InlineData("a,b\n1,2,3\n", "line 1 has 2 names, but line 2 has 3 fields")]
    [InlineData("title\n1 2\n3 4\n", "line 1 has 1 names, but line 2 has 2 fields")]
    [InlineData(",a,b\n0.5,1,2\n", "line 2, field 1: '0.5' is no index")]
    [InlineData("1,2,\n3,4,5\n", "line 2 has 3 numbers, but the lines before it have 2")]
    [InlineData("1;2\n3,4\n", "line 2, field 1: '3,4' is not a number: decimal commas")]
    public void A_line_that_is_not_numbers_is_named_with_advice(string text, params string[] expected)
    {
        var path = _folder.Write("x.csv", text);

        var e = Assert.Throws<InvalidDataException>(() => VectorFile.Read(path));

        Assert.All(expected, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x.tsv")]
    [InlineData("x.txt")]
    public void Other_extensions_of_text_are_read(string name) => Assert.Equal([1, 2, 3, 4], VectorFile.Read(_folder.Write(name, "1\t2\n3\t4\n")).Values);

    private void Reads(string text, int dimension, float[] expected, string? note = null) => Reads(Encoding.UTF8.GetBytes(text), dimension, expected, note);

    private void Reads(byte[] content, int dimension, float[] expected, string? note = null)
    {
        var path = _folder.Write("x.csv", content);

        var read = VectorFile.Read(path);
        var run = CommandRun.Of("kmeans", "--input", path, "--clusters", "1", "--backend", "managed");

        Assert.Equal((dimension, 0), (read.Dimension, run.ExitCode));
        Assert.Equal(expected, read.Values);
        if (note is null)
        {
            Assert.Empty(run.Error);
        }
        else
        {
            Assert.Contains($"faiss-sdk: note: {path}: {note}", run.Error, StringComparison.Ordinal);
        }
    }
}
