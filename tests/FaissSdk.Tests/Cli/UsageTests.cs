using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Every message names what is wrong with a command line.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("no command given, expected kmeans, verify, ")]
    [InlineData("unknown command 'kmeens', expected kmeans, verify, ", "kmeens", "--input", "points.npy")]
    [InlineData("unknown option '--quiet'.", "--quiet", "kmeans")]
    [InlineData("<INPUT> is missing. The vectors", "build")]
    [InlineData("<OUTPUT> is missing. The index file", "build", "points.npy")]
    [InlineData("<INDEX> is missing. ", "search")]
    [InlineData("<FILES>: 1 given, expected 2 to 3. INDEX BASE QUERIES", "eval", "index.faiss")]
    [InlineData("unexpected argument 'more'.", "doctor", "more")]
    public void A_wrong_word_or_a_missing_one_is_named(string expected, params string[] arguments)
    {
        var run = CommandRun.Of(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"faiss-sdk: error: {expected}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unexpected_exception_is_an_internal_error()
    {
        using var error = new StringWriter();

        var exitCode = FaissSdkCommand.Run(["doctor"], CommandConsole.ForWriters(new DefectiveWriter(), error));

        Assert.Equal((1, "faiss-sdk: error: internal error: InvalidOperationException: The writer is defective."), (exitCode, error.ToString().TrimEnd()));
    }

    [Theory]
    [InlineData("--report", "kmeans", "--clusters", "3", "--input", "FILE", "--report", "")]
    [InlineData("--input", "kmeans", "--clusters", "3", "--input", "")]
    [InlineData("<OUTPUT>", "build", "FILE", "", "--factory", "Flat")]
    [InlineData("<FILES>", "tune", "index.faiss", "", "FILE")]
    public void An_empty_value_is_named(string expected, params string[] arguments)
    {
        var path = _folder.Write("points.csv", "1\n2\n3\n");

        var run = CommandRun.Of(Array.ConvertAll(arguments, argument => argument == "FILE" ? path : argument));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"faiss-sdk: error: {expected} is empty; give a value.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--report", ".html or .htm", "kmeans", "--clusters", "3", "--input", "FILE", "--report", "-")]
    [InlineData("--plot", ".svg", "kmeans", "--clusters", "3", "--input", "FILE", "--plot", "-")]
    [InlineData("--ids", ".npy, .ivecs, .csv or .txt", "build", "FILE", "out.faiss", "--factory", "Flat", "--ids", "-")]
    public void An_output_without_an_extension_is_not_called_the_standard_input(string option, string extensions, params string[] arguments)
    {
        var path = _folder.Write("points.csv", "1\n2\n3\n");

        var run = CommandRun.Of(Array.ConvertAll(arguments, argument => argument == "FILE" ? path : argument));

        Assert.Equal((2, $"faiss-sdk: error: {option}: - has no extension, expected {extensions}."), (run.ExitCode, run.Error.TrimEnd()));
    }

    [Theory]
    [InlineData("kmeans", "--clusters", "3", "--input", "FILE")]
    [InlineData("build", "FILE", "out.faiss", "--factory", "Flat")]
    [InlineData("check", "FILE")]
    [InlineData("info", "FILE")]
    [InlineData("convert", "FILE", "out.npy")]
    public void An_absent_file_and_a_folder_are_named_whatever_their_extension(params string[] arguments)
    {
        foreach (var (path, expected) in new[] { (_folder.File("absent"), "does not exist."), (_folder.Path, "is a directory, expected a file.") })
        {
            var run = CommandRun.Of(Array.ConvertAll(arguments, argument => argument == "FILE" ? path : argument));

            Assert.Equal((2, $"faiss-sdk: error: {path} {expected}"), (run.ExitCode, run.Error.TrimEnd()));
        }
    }

    [Fact]
    public void A_command_without_the_option_does_not_advise_it()
    {
        var path = _folder.Write("points.xyz", "1");

        Assert.EndsWith("; rename the file, or write another one by faiss-sdk convert.", CommandRun.Of("tune", "index.faiss", path, path).Error.TrimEnd(), StringComparison.Ordinal);
        Assert.EndsWith("; --format states the format of a file with another name.", CommandRun.Of("convert", path, "out.npy").Error.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("build", "VECTORS", "out.faiss")]
    [InlineData("tune", "VECTORS", "VECTORS")]
    public void A_factory_string_without_an_index_is_named_with_its_option(params string[] arguments)
    {
        Tests.Native.Require();
        var path = _folder.File("points.fvecs");
        VectorFile.Write(path, TestData.Uniform(20, 4), 4);

        var run = CommandRun.Of([.. arguments.Select(argument => argument == "VECTORS" ? path : argument), "--factory", "Flta"]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("faiss-sdk: error: --factory: 'Flta' of dimension 4: could not parse index string Flta. A factory string is ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kmeans", "auto")]
    [InlineData("demo", "both")]
    public void The_help_writes_a_default_as_the_option_takes_it(string command, string value)
    {
        var help = CommandRun.Of(command, "--help").Output;

        Assert.Contains($"(default: {value})", help, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\[default: [A-Z]", help);
    }

    private sealed class DefectiveWriter : StringWriter
    {
        public override void Write(char value) => throw new InvalidOperationException("The writer is defective.");

        public override void Write(string? value) => Write(' ');

        public override void WriteLine(string? value) => Write(' ');
    }
}
