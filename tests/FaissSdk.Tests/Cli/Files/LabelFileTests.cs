using System.Text;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class LabelFileTests : IDisposable
{
    private static readonly long[] Labels = [3, 0, 300];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.csv")]
    [InlineData("x.txt")]
    public void Text_has_one_label_per_line(string name)
    {
        LabelFile.Write(_folder.File(name), Labels);

        Assert.Equal("3\n0\n300\n", File.ReadAllText(_folder.File(name)));
    }

    [Fact]
    public void Ivecs_has_a_record_of_dimension_1_for_each_label()
    {
        LabelFile.Write(_folder.File("x.ivecs"), Labels);

        Assert.Equal("0100000003000000" + "0100000000000000" + "010000002C010000", Convert.ToHexString(File.ReadAllBytes(_folder.File("x.ivecs"))));
    }

    [Fact]
    public void Npy_has_int64_elements_and_rank_1()
    {
        LabelFile.Write(_folder.File("x.npy"), Labels);

        var bytes = File.ReadAllBytes(_folder.File("x.npy"));
        Assert.StartsWith("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", Encoding.ASCII.GetString(bytes, 10, 80));
        Assert.Equal("03000000000000000000000000000000" + "2C01000000000000", Convert.ToHexString(bytes.AsSpan(128)));
    }

    [Fact]
    public void An_unknown_extension_lists_the_supported_ones()
    {
        var e = Assert.Throws<UsageException>(() => LabelFile.Write(_folder.File("x.fvecs"), Labels));

        Assert.Contains("expected .npy, .ivecs, .csv or .txt", e.Message, StringComparison.Ordinal);
    }
}
