using System.Diagnostics;
using System.Security.Cryptography;

namespace FaissSdk.Generator.Tests;

/// <summary>Compares the second engine with the output of ClangSharp 21.1.8.4 for four FAISS versions, by file hashes.</summary>
public sealed class ReferenceTests(ITestOutputHelper output) : IDisposable
{
    private const string Committed = "1.15.0";

    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1.7.3")]
    [InlineData("1.11.0")]
    [InlineData("1.13.2")]
    [InlineData("1.15.0")]
    public void The_second_engine_writes_the_bytes_of_ClangSharp(string version)
    {
        var tree = HeaderTrees.Of(version);

        GeneratorRun.Of("generate", "--older", "--headers", tree.Folder, "--output", _folder.File("out"), "--history", Interop.History).Succeeded();

        Assert.Equal(Reference(version), Hashes(_folder.File("out")));
        Assert.Equal(FunctionsOf(version, withGpu: false) - 1, CountPInvokes(_folder.File("out")));
    }

    [Fact]
    public void The_committed_bindings_have_the_bytes_of_ClangSharp()
    {
        var folder = Checkout.PathTo("bindings/Generated");

        Assert.Equal(Reference(Committed), Hashes(folder));
        Assert.Equal(FunctionsOf(Committed, withGpu: false) - 1, CountPInvokes(folder));
    }

    [Fact]
    public void Regenerating_writes_the_committed_files()
    {
        var tree = HeaderTrees.Of(Committed);

        GeneratorRun.Of("generate", "--headers", tree.Folder, "--output", _folder.File("out"), "--history", Interop.History).Succeeded();

        var (expected, actual) = (Checkout.PathTo("bindings/Generated"), _folder.File("out"));
        Assert.Equal(Files(expected), Files(actual));
        Assert.All(Files(expected), file => Assert.Equal(File.ReadAllText(Path.Combine(expected, file)), File.ReadAllText(Path.Combine(actual, file))));
    }

    [Theory]
    [InlineData("1.7.3")]
    [InlineData("1.11.0")]
    [InlineData("1.13.2")]
    [InlineData("1.15.0")]
    public void The_compiled_bindings_agree_with_the_headers(string version)
    {
        var tree = HeaderTrees.Of(version);

        var run = GeneratorRun.Of("verify", "--headers", tree.Folder, "--assembly", Interop.Assembly, "--history", Interop.History).Succeeded();

        // Debian's packages come without gpu/.
        var functions = FunctionsOf(version, withGpu: HeaderTree.Open(tree.Folder, gpu: true).Headers.Count > 0);
        Assert.Equal($"verified: {functions} functions agree with {tree.Folder}{Environment.NewLine}", run.Output);
    }

    [Fact]
    public void A_full_regeneration_takes_less_than_ten_seconds()
    {
        var tree = HeaderTrees.Newest();
        var clock = Stopwatch.StartNew();

        var run = GeneratorRun.Of("generate", "--older", "--headers", tree.Folder, "--output", _folder.File("out"), "--history", Interop.History).Succeeded();

        output.WriteLine($"{tree.Version} in {clock.Elapsed.TotalSeconds:F2} s; the generator reports: {run.Output}");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Goal);
    }

    // In the format of sha256sum.
    private static string[] Reference(string version) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "reference", version + ".sha256"));

    private static string[] Hashes(string folder) => [.. Directory.GetFiles(folder)
        .OrderBy(Path.GetFileName, StringComparer.Ordinal)
        .Select(path => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}  {Path.GetFileName(path)}")];

    // The functions of a version; faiss_IndexIVFStats_init is inline and therefore not a P/Invoke.
    private static int FunctionsOf(string version, bool withGpu) =>
        ApiHistory.Read(Interop.History).Functions.Values.Count(function => function.IsIn(version) && (withGpu || !function.IsGpu));

    private static int CountPInvokes(string folder) => Directory.GetFiles(folder).Sum(path => File.ReadAllText(path).Split(" static extern ").Length - 1);

    private static string[] Files(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];
}
