namespace FaissSdk.Generator.Tests;

/// <summary>A header tree with two functions, a history without versions, and a target with files of an earlier run.</summary>
internal sealed class SmallHeaders : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallHeaders()
    {
        Append("faiss_c.h", "#pragma once\n#include <stdint.h>\ntypedef int64_t faiss_idx_t;\ntypedef faiss_idx_t idx_t;\n");
        Append("Index_c.h", "#include \"faiss_c.h\"\ntypedef struct FaissIndex_H FaissIndex;\nint faiss_Index_reset(FaissIndex* index);\n");
        Append("IndexBinary_c.h", "#include \"faiss_c.h\"\ntypedef struct FaissIndexBinary_H FaissIndexBinary;\nint faiss_IndexBinary_reset(FaissIndexBinary* index);\n");
        History = _folder.Write("api-history.json", "{ \"versions\": [] }");
        _folder.Write("bindings/Generated/Index_c.g.cs", "as it was");
        _folder.Write("bindings/Generated/removed/Old_c.g.cs", "as it was");
        _folder.Write("bindings/Generated/gpu/Gpu_c.g.cs", "as it was");
    }

    public string Headers => _folder.File("headers");

    public string History { get; }

    public string Target => _folder.File("bindings/Generated");

    public string At(string name) => _folder.File(name);

    public string Write(string name, string content) => _folder.Write(name, content);

    /// <summary>Appends text to a header.</summary>
    public void Append(string header, string text) =>
        _folder.Write($"headers/{header}", (File.Exists(_folder.File($"headers/{header}")) ? File.ReadAllText(_folder.File($"headers/{header}")) : "") + text);

    /// <summary>Returns the line of the first occurrence of a text in a header.</summary>
    public int Line(string header, string text) => new Mutation.Message(text, "").Line(File.ReadAllText(_folder.File($"headers/{header}")));

    public GeneratorRun Generate(params string[] more) => GeneratorRun.Of([.. Arguments, .. more]);

    /// <summary>Gets the arguments that generate the files into <see cref="Target"/>.</summary>
    public string[] Arguments => ["generate", "--headers", Headers, "--output", Target, "--history", History];

    public string Fingerprint() => _folder.Fingerprint();

    public void Dispose() => _folder.Dispose();
}
