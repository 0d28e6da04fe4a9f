namespace FaissSdk.Generator.Tests;

/// <summary>Tests of the commands that scripts read.</summary>
public class CommandTests
{
    [Fact]
    public void Faults_prints_one_function_per_line()
    {
        var lines = GeneratorRun.Of("faults").Succeeded().Output.Split(Environment.NewLine);

        Assert.Equal("", lines[^1]);
        Assert.Equal(UpstreamFaults.NeverDefined.Keys.Order(StringComparer.Ordinal), lines[..^1]);
    }

    [Fact]
    public void Faults_are_functions_of_the_C_API() =>
        Assert.Empty(UpstreamFaults.NeverDefined.Keys.Except(ApiHistory.Read(Interop.History).Functions.Keys));

    [Theory]
    [InlineData("headers")]
    [InlineData("include/faiss/c_api")]
    [InlineData("usr/include/faiss/c_api")]
    public void Headers_prints_the_folder_and_its_headers(string place)
    {
        using var headers = new SmallHeaders();
        headers.Append("Index_c_impl.h", "");
        headers.Append("gpu/Gpu_c.h", "");
        headers.Append("impl/io_c.h", "");
        var given = headers.At("headers");
        if (place != "headers")
        {
            given = headers.At("tree");
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(given, place))!);
            Directory.Move(headers.Headers, Path.Combine(given, place));
        }

        var run = GeneratorRun.Of("headers", "--headers", given).Succeeded();

        string[] expected = [place == "headers" ? given : Path.Combine(given, place), "IndexBinary_c.h", "Index_c.h", "faiss_c.h", "impl/io_c.h", ""];
        Assert.Equal(expected, run.Output.Split(Environment.NewLine));
    }

    [Fact]
    public async Task Clang_prints_the_one_that_the_variable_names()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A shell command replaces the compiler.");

        Assert.Equal("true" + Environment.NewLine, (await GeneratorRun.OfProcess(new() { ["CLANG"] = "true" }, "clang")).Succeeded().Output);
    }
}
