namespace FaissSdk.Generator.Tests;

/// <summary>An upgrade whose headers lack types or functions that older versions have.</summary>
public sealed class RemovalTests : IDisposable
{
    private const string Index = "#include \"faiss_c.h\"\ntypedef struct FaissIndex_H FaissIndex;\nint faiss_Index_reset(FaissIndex* index);\n";

    private readonly SmallHeaders _headers = new();

    public void Dispose() => _headers.Dispose();

    [Fact]
    public void Functions_stay_bound_with_their_types()
    {
        _headers.Append(
            "Index_c.h",
            """
            typedef struct FaissIndex_H FaissOld;
            typedef enum FaissKind { FAISS_NONE, FAISS_SOME = 4 } FaissKind;
            typedef struct FaissInner { FaissKind kind; } FaissInner;
            typedef struct FaissOuter { FaissInner* inner; float number; } FaissOuter;
            typedef int (*FaissCallback)(const FaissOuter*);
            int faiss_Old_visit(const FaissOld* index, FaissOuter outer, FaissCallback callback);
            int faiss_Old_reset(FaissOld* index);

            """);
        Release("1.7.3");
        var before = Blocks("Index_c.g.cs");
        _headers.Write("headers/Index_c.h", Index);

        _headers.Generate("--faiss-version", "1.8.0").Succeeded();

        var removed = Read("removed/Index_c.g.cs");
        Assert.Equal(["FaissInner", "FaissKind", "FaissOuter"], RemovedFunctions.NamesOfTypes(removed).Order(StringComparer.Ordinal));
        Assert.Equal(["FaissIndex"], RemovedFunctions.NamesOfTypes(Read("Index_c.g.cs")));
        Assert.Equal(before, Blocks("Index_c.g.cs", "removed/Index_c.g.cs"));
        Assert.Contains("FaissOuter outer, [NativeTypeName(\"FaissCallback\")] delegate* unmanaged[Cdecl]<FaissOuter*, int> callback);", removed, StringComparison.Ordinal);
        Assert.Contains("int faiss_Old_reset([NativeTypeName(\"FaissOld *\")] FaissIndex* index);", removed, StringComparison.Ordinal);

        _headers.Generate().Succeeded();

        Assert.Equal(removed, Read("removed/Index_c.g.cs"));
    }

    [Fact]
    public void A_function_for_GPUs_stays_bound_also_by_headers_without_these()
    {
        const string Gpu = "#include \"../Index_c.h\"\ntypedef struct FaissGpuClonerOptions_H FaissGpuClonerOptions;\nint faiss_gpu_start(FaissGpuClonerOptions* options);\n";
        _headers.Append("gpu/Gpu_c.h", Gpu + "int faiss_gpu_stop(FaissGpuClonerOptions* options);\n");
        Release("1.7.3");
        _headers.Write("headers/gpu/Gpu_c.h", Gpu);

        _headers.Generate("--faiss-version", "1.8.0").Succeeded();

        var removed = Read("removed/Gpu_c.g.cs");
        Assert.Contains("public static extern int faiss_gpu_stop(FaissGpuClonerOptions* options);", removed, StringComparison.Ordinal);
        Assert.Empty(RemovedFunctions.NamesOfTypes(removed));

        Directory.Delete(_headers.At("headers/gpu"), recursive: true);
        _headers.Generate().Succeeded();

        Assert.Equal(removed, Read("removed/Gpu_c.g.cs"));
    }

    [Fact]
    public void A_function_whose_type_is_nowhere_is_named()
    {
        _headers.Append("Index_c.h", "typedef struct FaissIndex_H FaissOld;\nint faiss_Old_reset(FaissOld* index);\n");
        GeneratorRun.Of("history", "--history", _headers.History, "--version-name", "1.7.3", "--headers", _headers.Headers).Succeeded();
        _headers.Write("headers/Index_c.h", Index);
        var before = _headers.Fingerprint();

        _headers.Generate("--faiss-version", "1.8.0").Failed("int faiss_Old_reset(FaissOld *index): FAISS has removed the function and a type of it, and the generated folder does not hold it");

        Assert.Equal(before, _headers.Fingerprint());
    }

    [Theory]
    [InlineData("const FaissOld *faiss_f(void)")]
    [InlineData("int faiss_f(const struct FaissOld *const)")]
    [InlineData("int faiss_f(int x, enum FaissOld kind)")]
    [InlineData("void faiss_f(int (*x)(void *, FaissOld))")]
    public void A_prototype_with_an_unknown_type_is_recognized(string prototype)
    {
        var model = ApiReader.Read(HeaderTree.Open(_headers.Headers), ResponseFile.Read(Interop.ResponseFile));

        Assert.False(new Prototype(prototype).IsKnown(model.Types));
        Assert.True(new Prototype(prototype.Replace("FaissOld", "FaissIndex_H", StringComparison.Ordinal)).IsKnown(model.Types));
    }

    [Fact]
    public void A_class_without_a_name_in_CSharp_is_refused()
    {
        _headers.Append("Index_c.h", "typedef struct FaissNew_H FaissNew;\nint faiss_New_reset(FaissNew* x);\n");
        var before = _headers.Fingerprint();

        _headers.Generate().Failed($"Index_c.h:{_headers.Line("Index_c.h", "FaissNew_H")}: the class FaissNew would be bound as FaissNew_H; add FaissNew_H=FaissNew to --remap in generator/faiss.rsp");

        Assert.Equal(before, _headers.Fingerprint());
    }

    private void Release(string version)
    {
        GeneratorRun.Of("history", "--history", _headers.History, "--version-name", version, "--headers", _headers.Headers).Succeeded();
        _headers.Generate().Succeeded();
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_headers.Target, file));

    // The lines of all declarations, in any order.
    private string[] Blocks(params string[] files) =>
        [.. files.SelectMany(file => Read(file).Split('\n')).Where(line => line.StartsWith("     ", StringComparison.Ordinal) || line.StartsWith("    public", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
}
