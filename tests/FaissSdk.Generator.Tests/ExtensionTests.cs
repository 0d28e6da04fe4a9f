namespace FaissSdk.Generator.Tests;

/// <summary>Tests of the bindings of the functions that FaissSdk adds to the C API.</summary>
public sealed class ExtensionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Extensions => Checkout.PathTo("native/extensions");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Regenerating_writes_the_committed_file()
    {
        File.Copy(Interop.History, _folder.File("history.json"));
        Generate(Extensions).Succeeded();

        Assert.Equal(File.ReadAllText(Checkout.PathTo("bindings/Extensions/faiss_sdk.g.cs")), File.ReadAllText(_folder.File("out/faiss_sdk.g.cs")));
        Assert.Equal(File.ReadAllText(Checkout.PathTo("bindings/api-history.json")), File.ReadAllText(_folder.File("history.json")));
    }

    [Fact]
    public void Changes_of_the_header_are_recorded_and_printed()
    {
        File.Copy(Interop.History, _folder.File("history.json"));
        _folder.Write("changed/faiss_sdk.h", File.ReadAllText(Path.Combine(Extensions, "faiss_sdk.h"))
            .Replace("int faiss_sdk_trim(FaissIndex* index)", "int faiss_sdk_shrink(FaissIndex* index)", StringComparison.Ordinal)
            .Replace("Fails with FAISS < 1.15.0", "Fails with FAISS < 1.14.0", StringComparison.Ordinal));
        var run = Generate(_folder.File("changed"));

        run.Succeeded();
        Assert.Contains("- added: `int faiss_sdk_shrink(FaissIndex *index)`", run.Output, StringComparison.Ordinal);
        Assert.Contains("- removed: `faiss_sdk_trim`", run.Output, StringComparison.Ordinal);
        Assert.Contains("FAISS 1.15.0 → 1.14.0", run.Output, StringComparison.Ordinal);
        var recorded = ApiHistory.Read(_folder.File("history.json")).Extensions;
        Assert.Equal("1.14.0", recorded["faiss_sdk_super_kmeans"].NeedsFaiss);
        Assert.Null(recorded["faiss_sdk_shrink"].NeedsFaiss);
        Assert.DoesNotContain("faiss_sdk_trim", recorded.Keys);
    }

    [Fact]
    public void The_compiled_bindings_agree_with_the_header() => Verify(Extensions).Succeeded();

    [Theory]
    [InlineData("size_t size", "int size", "faiss_sdk_index_parts has the parameters")]
    [InlineData("int faiss_sdk_index_parts", "int faiss_sdk_other", "faiss_sdk_other is declared, but not bound")]
    public void A_changed_header_is_reported(string old, string changed, string fault)
    {
        var header = File.ReadAllText(Path.Combine(Extensions, "faiss_sdk.h"));
        Assert.Contains(old, header, StringComparison.Ordinal);
        _folder.Write("changed/faiss_sdk.h", header.Replace(old, changed, StringComparison.Ordinal));

        Assert.Contains(fault, Verify(_folder.File("changed")).Error, StringComparison.Ordinal);
    }

    private GeneratorRun Generate(string extensions) =>
        GeneratorRun.Of("extensions", "--headers", HeaderTrees.Newest().Folder, "--extensions", extensions, "--output", _folder.File("out"), "--history", _folder.File("history.json"));

    private static GeneratorRun Verify(string extensions) =>
        GeneratorRun.Of("verify", "--headers", HeaderTrees.Newest().Folder, "--assembly", Interop.Assembly, "--history", Interop.History, "--extensions", extensions);
}
