using System.Text;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class VectorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.fvecs")]
    [InlineData("x.npy")]
    [InlineData("x.csv")]
    [InlineData("X.NPY")]
    public void Written_vectors_are_read_back_bit_for_bit(string name)
    {
        float[] values = [1, -0.1f, float.Epsilon, 3e38f, 1 / 3f, -0f];

        VectorFile.Write(_folder.File(name), values, dimension: 3);

        var read = VectorFile.Read(_folder.File(name));
        Assert.Equal(3, read.Dimension);
        Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), read.Values.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void Integers_up_to_255_are_read_back_from_bvecs()
    {
        float[] values = [.. Enumerable.Range(0, 256)];

        VectorFile.Write(_folder.File("x.bvecs"), values, dimension: 128);

        var read = VectorFile.Read(_folder.File("x.bvecs"));
        Assert.Equal(128, read.Dimension);
        Assert.Equal(values, read.Values);
    }

    [Theory]
    [InlineData("x.fvecs")]
    [InlineData("x.bvecs")]
    [InlineData("x.npy")]
    public void Files_longer_than_a_block_are_read_completely(string name)
    {
        var values = Enumerable.Range(0, 6_000_000).Select(i => (float)(i * 7 % 251)).ToArray();

        VectorFile.Write(_folder.File(name), values, dimension: 48);

        Assert.Equal(values, VectorFile.Read(_folder.File(name)).Values);
    }

    [Fact]
    public void Csv_lines_across_blocks_are_read_completely()
    {
        var values = Enumerable.Range(0, 300_000).Select(i => i / 7f).ToArray();

        VectorFile.Write(_folder.File("x.csv"), values, dimension: 3);

        Assert.Equal(values, VectorFile.Read(_folder.File("x.csv")).Values);
    }

    [Fact]
    public void Fvecs_bytes_are_the_dimension_then_the_components()
    {
        VectorFile.Write(_folder.File("x.fvecs"), new float[] { 1, 2 }, dimension: 1);

        Assert.Equal("010000000000803F0100000000000040", Convert.ToHexString(File.ReadAllBytes(_folder.File("x.fvecs"))));
    }

    [Fact]
    public void Npy_data_start_at_a_multiple_of_64()
    {
        VectorFile.Write(_folder.File("x.npy"), new float[6], dimension: 3);

        var bytes = File.ReadAllBytes(_folder.File("x.npy"));
        Assert.Equal(128 + (6 * sizeof(float)), bytes.Length);
        Assert.StartsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", Encoding.ASCII.GetString(bytes, 10, 100));
        Assert.Equal((byte)'\n', bytes[127]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_npy_version_is_read(int version)
    {
        var path = _folder.Write("x.npy", Npy.Bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", [1, 2], (byte)version));

        Assert.Equal([1, 2], VectorFile.Read(path).Values);
    }

    [Theory]
    [InlineData("1,2\n3,4\n")]
    [InlineData("1,2\n3,4")]
    [InlineData("x,y\n1,2\n3,4\n")]
    [InlineData("\uFEFF1,2\r\n\r\n  3 ,\t4\r\n")]
    [InlineData("\n\nid,value\n1,2\n\n3e0,+4.0\n\n")]
    public void Csv_headers_blank_lines_and_spaces_are_ignored(string text)
    {
        var read = VectorFile.Read(_folder.Write("x.csv", text));

        Assert.Equal(2, read.Dimension);
        Assert.Equal([1, 2, 3, 4], read.Values);
    }

    [Fact]
    public void Csv_has_no_byte_order_mark_and_decimal_points()
    {
        VectorFile.Write(_folder.File("x.csv"), new[] { 0.5f, -1e-7f, 2, 3 }, dimension: 2);

        Assert.Equal("0.5,-1E-07\n2,3\n"u8.ToArray(), File.ReadAllBytes(_folder.File("x.csv")));
    }

    [Fact]
    public void Reading_reports_progress_and_can_be_canceled()
    {
        VectorFile.Write(_folder.File("x.npy"), new float[4_000_000], dimension: 4);
        using var cancellation = new CancellationTokenSource();

        using var file = VectorFile.Open(new VectorSource(_folder.File("x.npy")));
        Assert.Throws<OperationCanceledException>(() => VectorFile.Read(file, share => { if (share > 0.4) { cancellation.Cancel(); } }, cancellation.Token));
    }

    [Theory]
    [InlineData(256f)]
    [InlineData(-1f)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    public void Bvecs_refuse_other_numbers_and_leave_no_file(float value)
    {
        var e = Assert.Throws<InvalidDataException>(() => VectorFile.Write(_folder.File("x.bvecs"), new[] { 0, 1, 2, value }, dimension: 2));

        Assert.Contains("component 1 of vector 1", e.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Names);
    }
}
