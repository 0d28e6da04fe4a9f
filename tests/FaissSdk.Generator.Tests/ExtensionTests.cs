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
        GeneratorRun.Of("extensions", "--headers", HeaderTrees.Newest().Folder, "--extensions", Extensions, "--output", _folder.At("out")).Succeeded();

        Assert.Equal(File.ReadAllText(Checkout.PathTo("bindings/Extensions/faiss_sdk.g.cs")), File.ReadAllText(_folder.At("out/faiss_sdk.g.cs")));
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

        Assert.Contains(fault, Verify(_folder.At("changed")).Error, StringComparison.Ordinal);
    }

    private static GeneratorRun Verify(string extensions) =>
        GeneratorRun.Of("verify", "--headers", HeaderTrees.Newest().Folder, "--assembly", Interop.Assembly, "--history", Interop.History, "--extensions", extensions);
}
