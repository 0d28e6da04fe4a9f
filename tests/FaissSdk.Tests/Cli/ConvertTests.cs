using System.Text.Json;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class ConvertTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".fvecs", 0.1f)]
    [InlineData(".fbin", 0.1f)]
    [InlineData(".npy", 0.1f)]
    [InlineData(".csv", 0.1f)]
    [InlineData(".tsv", 0.1f)]
    [InlineData(".txt", 0.1f)]
    [InlineData(".bvecs", 255)]
    [InlineData(".u8bin", 255)]
    [InlineData(".i8bin", -128)]
    [InlineData(".ivecs", -70000)]
    public void A_format_that_is_written_reads_back(string extension, float component)
    {
        float[] values = [1, 2, component, 4, 5, 6];
        var (input, output) = (_folder.File("in.fvecs"), _folder.File("out" + extension));
        VectorFile.Write(input, values, 3);

        var run = CommandRun.Of("convert", input, output);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var read = VectorFile.Read(output);
        Assert.Equal(3, read.Dimension);
        Assert.Equal(values, read.Values);
    }

    [Theory]
    [InlineData(".bvecs", 256, "component 1 of vector 1 is 256; .bvecs stores only integers from 0 to 255.")]
    [InlineData(".u8bin", -1, "is -1; .u8bin stores only integers from 0 to 255.")]
    [InlineData(".i8bin", 0.5f, "is 0.5; .i8bin stores only integers from -128 to 127.")]
    [InlineData(".ivecs", 2147483648f, "stores only integers from -2147483648 to 2147483647.")]
    [InlineData(".u8bin", float.NaN, "is NaN")]
    public void A_component_that_the_format_cannot_hold_is_named(string extension, float component, string expected)
    {
        var (input, output) = (_folder.File("in.fvecs"), _folder.File("out" + extension));
        VectorFile.Write(input, new float[] { 1, 2, 3, component }, 2);

        var run = CommandRun.Of("convert", input, output);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void The_standard_output_has_the_data_alone()
    {
        var input = _folder.Write("in.csv", "1,2\n3,4\n");

        var run = CommandRun.Of("convert", input, "-", "--to", "tsv");

        Assert.Equal((0, "1\t2\n3\t4\n"), (run.ExitCode, run.Output));
        Assert.Contains("wrote 2 vectors of dimension 2 to standard output", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the standard output has no extension; state the format by --to", "-")]
    [InlineData("--to is 'parquet', expected fvecs", "-", "--to", "parquet")]
    [InlineData("--json and the output - both write to the standard output", "-", "--to", "csv", "--json")]
    [InlineData("the extension '.bin' is unknown", "out.bin")]
    [InlineData("OUTPUT: in.csv is the input file", "in.csv")]
    [InlineData("does not exist; create it first", "absent/out.npy")]
    public void An_output_that_cannot_be_written_is_refused(string expected, params string[] arguments)
    {
        var input = _folder.Write("in.csv", "1,2\n3,4\n");
        var run = CommandRun.Of(["convert", input, .. arguments.Select(argument => argument == "in.csv" ? input : argument)]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected.Replace("in.csv", input, StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_of_two_commands_keeps_the_vectors()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell of Linux connects the commands.");
        var input = _folder.Write("in.csv", "1,2\n3,4\n");
        var middle = _folder.File("middle");
        using (var first = CommandProcess.Redirected($"> '{middle}'", ["convert", input, "-", "--to", "npy"]))
        {
            Assert.Equal(0, (await first.Finish()).ExitCode);
        }

        using var second = CommandProcess.Redirected($"< '{middle}'", ["convert", "-", "-", "--format", "npy", "--to", "csv"]);
        Assert.Equal("1,2\n3,4\n", (await second.Finish()).Output);
    }

    [Fact]
    public async Task An_index_goes_from_command_to_command()
    {
        Tests.Native.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell of Linux connects the commands.");
        var (input, middle) = (_folder.Write("in.csv", "1,2\n3,4\n"), _folder.File("middle"));
        using (var first = CommandProcess.Redirected($"< '{input}' > '{middle}'", ["build", "-", "-", "--format", "csv", "--factory", "Flat"]))
        {
            Assert.Equal(0, (await first.Finish()).ExitCode);
        }

        using var second = CommandProcess.Redirected($"< '{middle}'", ["info", "-"]);
        Assert.Contains("IndexFlatL2 (IxF2): d 2, 2 vectors, L2", (await second.Finish()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Centroids_go_to_the_standard_output()
    {
        var input = _folder.Write("in.csv", "1,2\n1,2\n3,4\n3,4\n");

        var run = CommandRun.Of("kmeans", "--input", input, "--clusters", "2", "--backend", "managed", "--centroids", "-", "--to", "csv", "--assignments", _folder.File("a.txt"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["1,2", "3,4"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Contains("wrote 2 centroids to standard output", run.Error, StringComparison.Ordinal);
        Assert.Equal(4, File.ReadAllLines(_folder.File("a.txt")).Length);
    }

    [Fact]
    public async Task A_reader_that_leaves_is_no_fault()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell of Linux connects the commands.");
        var input = _folder.File("in.fvecs");
        VectorFile.Write(input, TestData.Uniform(200_000, 4), 4);

        using var command = CommandProcess.Redirected("| head -n 1", ["convert", input, "-", "--to", "csv"]);
        var run = await command.Finish();

        Assert.Equal(0, run.ExitCode);
        Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("error", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_count_and_dimension()
    {
        var input = _folder.Write("in.csv", "1,2\n3,4\n");

        using var json = JsonDocument.Parse(CommandRun.Of("convert", input, _folder.File("out.npy"), "--json").Output);

        Assert.Equal((2, 2), (json.RootElement.GetProperty("count").GetInt32(), json.RootElement.GetProperty("dimension").GetInt32()));
    }
}
