namespace FaissSdk.Generator.Tests;

/// <summary>Declarations that an upgrade changes: the bindings have one form for all versions.</summary>
public sealed class ChangedDeclarationTests : IDisposable
{
    private const string Changed = "int faiss_change(FaissIndex* index, size_t n, float x, float y, int (*more)(const float*, size_t));\n";

    private readonly SmallHeaders _headers = new();

    public void Dispose() => _headers.Dispose();

    [Theory]
    [InlineData("int faiss_change(const FaissIndex* index, size_t n, const float x, float y, int (*more)(float*, size_t));\n")]
    [InlineData("int faiss_change(struct FaissIndex_H* other, unsigned long count, float a, float b, int (*)(const float*, size_t));\n")]
    [InlineData("typedef FaissIndex FaissIndexIVF;\nint faiss_change(FaissIndexIVF* index, size_t n, float x, float y, int (*more)(const float*, size_t));\n")]
    public void Const_and_names_are_recorded(string after)
    {
        Release("1.7.3", Changed).Succeeded();
        var before = ApiHistory.Read(_headers.History).Functions["faiss_change"];

        Release("1.8.0", after).Succeeded();

        var recorded = ApiHistory.Read(_headers.History).Functions["faiss_change"];
        Assert.Equal("1.7.3", recorded.Since);
        Assert.NotEqual(before.Declaration, recorded.Declaration);
    }

    [Theory]
    [InlineData("int faiss_change(FaissIndex* index, size_t n, double x, float y, int (*more)(const float*, size_t));\n")]
    [InlineData("int faiss_change(FaissIndex* index, size_t n, float y, float x, int (*more)(const float*, size_t));\n")]
    [InlineData("int faiss_change(FaissIndex* index, size_t n, float x, float y, int (*more)(const double*, size_t));\n")]
    [InlineData("int faiss_change(FaissIndex* index, size_t n, float x, float y);\n")]
    [InlineData("void faiss_change(FaissIndex* index, size_t n, float x, float y, int (*more)(const float*, size_t));\n")]
    public void Another_signature_is_refused_unless_accepted(string after)
    {
        Release("1.7.3", Changed).Succeeded();
        RefusedUnlessAccepted("faiss_change", after);
    }

    [Fact]
    public void Another_value_of_an_enum_is_refused_unless_accepted()
    {
        Release("1.7.3", "enum FaissKind { FAISS_ONE = 1 };\n").Succeeded();
        RefusedUnlessAccepted("FaissKind.FAISS_ONE", "enum FaissKind { FAISS_ONE = 2 };\n");
    }

    [Fact]
    public void Another_type_of_a_field_is_refused_unless_accepted()
    {
        Release("1.7.3", "struct FaissPair { int first; float last; };\n").Succeeded();
        RefusedUnlessAccepted("FaissPair.last", "struct FaissPair { int first; double last; };\n");
    }

    private void RefusedUnlessAccepted(string name, string after)
    {
        var before = File.ReadAllText(_headers.History);

        var run = Release("1.8.0", after);

        run.Failed($"FAISS 1.8.0 has changed what these mean, and the bindings would call older versions wrongly:{Environment.NewLine}- changed: `{name}`: ");
        Assert.Equal(before, File.ReadAllText(_headers.History));

        Release("1.8.0", after, "--accept-changed", name).Succeeded();
    }

    private GeneratorRun Release(string version, string declarations, params string[] more)
    {
        _headers.Write("headers/Index_c.h", "#include \"faiss_c.h\"\n#include <stddef.h>\ntypedef struct FaissIndex_H FaissIndex;\n" + declarations);
        return GeneratorRun.Of(["history", "--history", _headers.History, "--version-name", version, "--headers", _headers.Headers, .. more]);
    }
}
