using System.Text.Json;

namespace FaissSdk.Tests.Cli;

/// <summary>Runs the command with standard streams that are closed, full or pipes.</summary>
public sealed class StandardStreamTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _input;

    public StandardStreamTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Streams are redirected by a shell.");
        _input = _folder.Write("points.csv", "1,2\n3,4\n5,7\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2>&-")]
    [InlineData(">&-")]
    [InlineData(">&- 2>&-")]
    [InlineData(">&- 2>&- <&-")]
    [InlineData("2>/dev/full")]
    public async Task A_closed_stream_does_not_keep_files_from_being_written(string redirections)
    {
        var run = await Run(redirections, "kmeans", "--input", _input, "--clusters", "1", "--backend", "managed", "--centroids", _folder.File("c.csv"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("3,4.3333335\n", File.ReadAllText(_folder.File("c.csv")));
    }

    [Fact]
    public async Task A_full_disk_behind_the_output_is_a_failure_after_all_files_are_written()
    {
        var run = await Run(">/dev/full", "kmeans", "--input", _input, "--clusters", "1", "--backend", "managed", "--centroids", _folder.File("c.csv"));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("faiss-sdk: error: the standard output could not be written: ", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("c.csv")));
    }

    [Theory]
    [InlineData(">", "/dev/stdout")]
    [InlineData(">", "/proc/self/fd/1")]
    [InlineData(">", "c.csv")]
    [InlineData("| cat >", "/dev/stdout")]
    public async Task A_name_of_the_standard_output_is_the_standard_output(string redirection, string name)
    {
        var output = _folder.File("c.csv");

        var run = await Run($"{redirection} '{output}'", "kmeans", "--input", _input, "--clusters", "1", "--backend", "managed", "--centroids", name == "c.csv" ? output : name, "--to", "csv");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("3,4.3333335\n", File.ReadAllText(output));
        Assert.Contains("wrote 1 centroids to standard output", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_does_not_replace_the_standard_output()
    {
        var output = _folder.File("map.svg");

        var run = await Run($"> '{output}'", "kmeans", "--input", _input, "--clusters", "1", "--backend", "managed", "--plot", output);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--plot: {output} is the standard output", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_written_as_utf_8_in_any_locale()
    {
        var points = _folder.Write("é-日本.csv", "1,2\n3,4\n");
        using var process = new CommandProcess(new() { ["LC_ALL"] = "en_US.ISO-8859-1" }, ["kmeans", "--input", points, "--clusters", "1", "--backend", "managed", "--json"]);

        var run = await process.Finish();

        Assert.Equal(0, run.ExitCode);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(points, json.RootElement.GetProperty("input").GetString());
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [InlineData(">&- 2>&- <&-")]
    public async Task An_error_that_nobody_can_read_keeps_its_exit_code(string redirections) =>
        Assert.Equal(2, (await Run(redirections, "kmeans", "--input", _folder.File("absent.csv"), "--clusters", "1")).ExitCode);

    [Theory]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&-")]
    public async Task Help_without_a_stream_is_no_error(string redirections) => Assert.Equal(0, (await Run(redirections, "--help")).ExitCode);

    [Fact]
    public async Task A_reader_that_leaves_does_not_keep_files_from_being_written()
    {
        var run = await Run("| head -1", "kmeans", "--input", _input, "--clusters", "1", "--backend", "managed", "--centroids", _folder.File("c.csv"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(_input, Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("c.csv")));
    }

    [Theory]
    [InlineData("-")]
    [InlineData("/dev/stdin")]
    public async Task The_standard_input_is_read_in_the_format_stated(string name)
    {
        foreach (var redirection in (string[])[$"< '{_input}'", $"<<END\n1,2\n3,4\n5,7\nEND\n"])
        {
            var run = await Run(redirection, "kmeans", "--input", name, "--format", "csv", "--clusters", "1", "--backend", "managed");

            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Contains(": 3 points of dimension 2", run.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("< /dev/null", "state the format by --format")]
    [InlineData("<&-", "the standard input is closed", "--format", "csv")]
    [InlineData("< /dev/null", "standard input: the file is empty", "--format", "csv")]
    public async Task A_standard_input_without_vectors_is_refused(string redirection, string expected, params string[] options)
    {
        var run = await Run(redirection, ["kmeans", "--input", "-", "--clusters", "1", "--backend", "managed", .. options]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_output_must_not_be_the_file_behind_the_standard_input()
    {
        var run = await Run($"< '{_input}'", "kmeans", "--input", "-", "--format", "csv", "--clusters", "1", "--backend", "managed", "--centroids", _input);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("is the input file standard input", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-TERM", 143)]
    public async Task A_signal_ends_the_wait_for_a_writer_of_a_pipe(string signal, int expected)
    {
        NamedPipe.Create(_folder.File("x.csv"));
        using var process = new CommandProcess("kmeans", "--input", _folder.File("x.csv"), "--clusters", "1", "--backend", "managed");

        process.WaitForSignalHandler();
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.SkipWhen(signal == "-INT" && process.IgnoresInterrupt, "The tests ignore Ctrl+C, and their processes inherit that.");
        process.Send(signal);
        var run = await process.Finish().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((expected, "faiss-sdk: canceled"), (run.ExitCode, run.Error.Trim()));
    }

    [Fact]
    public async Task A_signal_ends_the_wait_for_the_next_bytes_of_a_pipe()
    {
        NamedPipe.Create(_folder.File("x.csv"));
        using var process = new CommandProcess("kmeans", "--input", _folder.File("x.csv"), "--clusters", "1", "--backend", "managed");
        using var writer = await Task.Run(() => new FileStream(_folder.File("x.csv"), FileMode.Open, FileAccess.Write));
        writer.Write("1,2\n"u8);
        writer.Flush();

        await Task.Delay(500, TestContext.Current.CancellationToken);
        process.Send("-TERM");
        var run = await process.Finish().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((143, "faiss-sdk: canceled"), (run.ExitCode, run.Error.Trim()));
    }

    [Fact]
    public async Task A_signal_ends_the_wait_for_a_reader_of_a_pipe()
    {
        NamedPipe.Create(_folder.File("c.csv"));
        using var process = new CommandProcess("kmeans", "--input", _input, "--clusters", "1", "--backend", "managed", "--centroids", _folder.File("c.csv"));

        process.WaitForLine("managed:");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        process.Send("-TERM");
        var run = await process.Finish().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((143, "faiss-sdk: canceled"), (run.ExitCode, run.Error.Trim()));
    }

    [Theory]
    [InlineData("x.csv")]
    [InlineData("x.npy")]
    [InlineData("x.fvecs")]
    public async Task A_named_pipe_is_read_like_a_file(string name)
    {
        var pipe = NamedPipe.Create(_folder.File(name));
        var content = name == "x.csv" ? File.ReadAllBytes(_input) : name == "x.npy" ? Npy.Bytes(Npy.Header(), [1, 2]) : [1, 0, 0, 0, 0, 0, 0x80, 0x3F];
        var write = Task.Run(() => File.WriteAllBytes(pipe, content));

        var run = CommandRun.Of("kmeans", "--input", pipe, "--clusters", "1", "--backend", "managed");
        await write.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([Path.GetFileName(_input), name], _folder.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_device_is_refused_by_name()
    {
        File.CreateSymbolicLink(_folder.File("x.csv"), "/dev/zero");

        var run = CommandRun.Of("kmeans", "--input", _folder.File("x.csv"), "--clusters", "1", "--backend", "managed");

        Assert.Equal((2, $"faiss-sdk: error: {_folder.File("x.csv")} is a device or a socket, expected a file or a pipe."), (run.ExitCode, run.Error.Trim()));
    }

    private static async Task<CommandRun> Run(string redirections, params string[] arguments)
    {
        using var process = CommandProcess.Redirected(redirections, arguments);
        return await process.Finish().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
