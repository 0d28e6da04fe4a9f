namespace FaissSdk.Generator.Tests;

/// <summary>Errors that are clear, end with a code, and leave every file as it was.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly SmallHeaders _headers = new();

    public void Dispose() => _headers.Dispose();

    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        EveryCommandFails(_headers.At("absent"), $"{_headers.At("absent")}: there is no such folder");

    [Fact]
    public void A_folder_without_headers_is_named() =>
        EveryCommandFails(_headers.Target, $"{_headers.Target}: no FAISS C API there (faiss_c.h and Index_c.h, ");

    [Fact]
    public void Headers_older_than_1_7_3_are_refused()
    {
        File.Delete(_headers.At("headers/IndexBinary_c.h"));

        EveryCommandFails(_headers.Headers, $"{_headers.Headers}: this C API is older than FAISS 1.7.3 (it has no IndexBinary_c.h)");
    }

    [Fact]
    public void Of_a_header_that_does_not_compile_the_message_of_clang_is_shown()
    {
        _headers.Append("Index_c.h", "int faiss_broken(FaissMissing* x);\n");
        var line = _headers.Line("Index_c.h", "faiss_broken");

        var run = EveryCommandFails(_headers.Headers, "clang");

        Assert.Contains("does not compile the headers", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{_headers.At("headers/Index_c.h")}:{line}:18: error: unknown type name 'FaissMissing'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nonexistent", "CLANG names '/nonexistent', which does not run")]
    [InlineData(null, "clang is missing")]
    public async Task Where_clang_is_missing_its_package_is_named(string? clang, string error)
    {
        var before = _headers.Fingerprint();

        var run = await GeneratorRun.OfProcess(new() { ["CLANG"] = clang, ["PATH"] = "" }, _headers.Arguments);

        run.Failed(error);
        Assert.Contains("apt-get install clang", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, _headers.Fingerprint());
    }

    [Fact]
    public async Task A_compiler_that_writes_no_syntax_tree_is_named()
    {
        var clang = Script("exit 0");

        (await GeneratorRun.OfProcess(new() { ["CLANG"] = clang }, _headers.Arguments)).Failed($"{clang} wrote no syntax tree");
    }

    [Fact]
    public async Task A_run_that_is_killed_leaves_everything_as_it_was()
    {
        var clang = Script($"case $1 in --version) exit 0;; esac\nmkdir '{_headers.At("reached")}'\nexec sleep 60");
        var before = _headers.Fingerprint();
        using var process = GeneratorRun.Start(new() { ["CLANG"] = clang }, _headers.Arguments);
        while (!Directory.Exists(_headers.At("reached")) && !process.HasExited)
        {
            await Task.Delay(10);
        }

        Directory.Delete(_headers.At("reached"));
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();

        Assert.NotEqual(0, process.ExitCode);
        Assert.Equal(before, _headers.Fingerprint());
    }

    [Fact]
    public void A_target_in_what_is_no_folder_is_refused()
    {
        var file = _headers.Write("file", "");

        Fails($"{file}/Generated: could not be replaced and is as it was: ", "--output", file + "/Generated");
    }

    [Fact]
    public void A_target_that_is_a_file_is_refused()
    {
        var file = _headers.Write("file", "as it was");

        Fails($"{file}: is a file", "--output", file);
    }

    [Fact]
    public void A_target_with_what_was_not_generated_is_refused()
    {
        var file = _headers.Write("bindings/Generated/notes.txt", "by hand");

        Fails($"{_headers.Target}: would be replaced, but holds {file}, which was not generated");
    }

    [Theory]
    [InlineData("bindings")]
    [InlineData("bindings/Generated")]
    [InlineData("bindings/Generated/gpu")]
    public void A_target_that_cannot_be_written_is_refused(string folder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Folders are made read-only as Unix does it.");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Root may write everywhere.");
        SetMode(_headers.At(folder), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Fails($"{_headers.Target}: could not be replaced and is as it was: ");
        }
        finally
        {
            SetMode(_headers.At(folder), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_target_is_replaced_as_a_whole_but_for_the_gpu_where_the_headers_have_none()
    {
        var run = _headers.Generate().Succeeded();

        Assert.StartsWith("3 files, 2 functions (", run.Output, StringComparison.Ordinal);
        Assert.Equal(["IndexBinary_c.g.cs", "Index_c.g.cs", "gpu"], Directory.GetFileSystemEntries(_headers.Target).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal("as it was", File.ReadAllText(Path.Combine(_headers.Target, "gpu", "Gpu_c.g.cs")));
        Assert.Equal([_headers.Target], Directory.GetFileSystemEntries(Path.GetDirectoryName(_headers.Target)!));
    }

    [Fact]
    public void Two_engines_that_agree_are_written()
    {
        _headers.Generate("--compare", ClangSharp()).Succeeded();

        Assert.True(File.Exists(Path.Combine(_headers.Target, "IndexBinary_c.g.cs")));
    }

    [Fact]
    public void Two_engines_that_differ_in_a_byte_are_refused()
    {
        var file = Path.Combine(ClangSharp(), "Index_c.g.cs");
        var text = File.ReadAllText(file);
        File.WriteAllText(file, text.Replace("Cdecl", "cdecl", StringComparison.Ordinal));

        EnginesDiffer($"  Index_c.g.cs: differs from line {new Mutation.Said("Cdecl", "").Line(text)} on");
    }

    [Theory]
    [InlineData("", "\n")]
    [InlineData("\uFEFF", "")]
    public void Two_engines_that_differ_at_an_end_are_refused(string before, string after)
    {
        var file = Path.Combine(ClangSharp(), "Index_c.g.cs");
        File.WriteAllText(file, before + File.ReadAllText(file) + after);

        EnginesDiffer("  Index_c.g.cs: differs from line ");
    }

    [Fact]
    public void A_file_that_ClangSharp_does_not_write_is_refused()
    {
        File.Delete(Path.Combine(ClangSharp(), "Index_c.g.cs"));

        EnginesDiffer("  Index_c.g.cs: only the second engine writes it");
    }

    [Fact]
    public void A_file_that_only_ClangSharp_writes_is_refused()
    {
        File.WriteAllText(Path.Combine(ClangSharp(), "Other_c.g.cs"), "");

        EnginesDiffer("  Other_c.g.cs: only ClangSharp writes it");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ \"versions\": ")]
    [InlineData("{ \"versions\": null }")]
    [InlineData("{ \"versions\": [ null ] }")]
    [InlineData("{ \"versions\": [ \"newest\" ] }")]
    [InlineData("{ \"functions\": null }")]
    [InlineData("{ \"functions\": { \"faiss_f\": null } }")]
    [InlineData("{ \"functions\": { \"faiss_f\": { } } }")]
    [InlineData("{ \"versions\": [ \"1.7.3\" ], \"functions\": { \"faiss_f\": { \"header\": \"f.h\", \"first\": \"1.7.3\", \"last\": \"1.7.4\", \"declaration\": \"int faiss_f(void)\" } } }")]
    [InlineData("{ \"versions\": [ \"1.7.3\" ], \"enumMembers\": { \"A.B\": { \"header\": \"f.h\", \"first\": \"1.7.3\", \"last\": \"1.7.3\" } } }")]
    public void A_broken_history_is_named(string content)
    {
        _headers.Write("api-history.json", content);

        EveryCommandWithHistoryFails(_headers.Headers, $"{_headers.History}: not an API history: ");
    }

    [Fact]
    public void A_history_that_is_not_there_is_named()
    {
        File.Delete(_headers.History);

        EveryCommandWithHistoryFails(_headers.Headers, $"Could not find file '{_headers.History}'");
    }

    [Theory]
    [InlineData("--with-using\nSystem", "the second engine does not know --with-using")]
    [InlineData("--config\ngenerate-helper-types", "--config must be exactly ")]
    [InlineData("--with-type\n*=uint", "--with-type must be *=int, is *=uint")]
    [InlineData("--language\nc++", "--language must be c, is c++")]
    [InlineData("--libraryPath\na\nb", "--libraryPath must be there with one value")]
    public void A_response_file_with_what_the_second_engine_does_not_do_is_refused(string more, string error)
    {
        var path = _headers.Write("faiss.rsp", $"{File.ReadAllText(Interop.ResponseFile)}\n{more}\n");
        _headers.Write("header.txt", "");

        var exception = Assert.Throws<GeneratorException>(() => ResponseFile.Read(path));

        Assert.StartsWith($"{path}: {error}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int64_t=long", "'int64_t=long' belongs to no option")]
    [InlineData("--remap\nint64_t=long", "--config is missing")]
    public void A_response_file_that_is_not_whole_is_refused(string content, string error)
    {
        var path = _headers.Write("faiss.rsp", content);

        Assert.Equal($"{path}: {error}", Assert.Throws<GeneratorException>(() => ResponseFile.Read(path)).Message);
    }

    [Fact]
    public void An_assembly_that_is_not_there_is_named() =>
        Verify("--assembly", _headers.At("absent.dll")).Failed($"{_headers.At("absent.dll")}: there is no such assembly");

    [Fact]
    public void A_file_that_is_no_assembly_is_named() =>
        Verify("--assembly", _headers.History).Failed($"{_headers.History}: not a .NET assembly");

    [Fact]
    public void A_library_that_cannot_be_loaded_is_named() =>
        Verify("--assembly", Interop.Assembly, "--library", _headers.History).Failed($"{_headers.History}: could not be loaded");

    [Fact]
    public void A_bound_function_that_no_version_declares_is_a_fault()
    {
        var run = GeneratorRun.Of("verify", "--headers", _headers.Headers, "--assembly", Interop.Assembly, "--history", _headers.History);

        var expected = Interop.Read().Methods.Keys.Except(["faiss_Index_reset", "faiss_IndexBinary_reset"]).Select(name => $"fault: {name}: bound, but in no version of the headers that the history knows");
        Assert.Equal(expected, run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("generate")]
    [InlineData("diff", "one")]
    public void A_command_line_that_is_not_understood_ends_with_a_code(params string[] arguments)
    {
        var run = GeneratorRun.Of(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.NotEqual("", run.Error);
    }

    private GeneratorRun Verify(params string[] more) => GeneratorRun.Of(["verify", "--headers", _headers.Headers, "--history", Interop.History, .. more]);

    private GeneratorRun EveryCommandFails(string headers, string error)
    {
        EveryCommandWithHistoryFails(headers, error);
        var run = GeneratorRun.Of("diff", headers, headers);
        run.Failed(error);
        return run;
    }

    private void EveryCommandWithHistoryFails(string headers, string error)
    {
        var before = _headers.Fingerprint();

        GeneratorRun.Of("generate", "--headers", headers, "--output", _headers.Target, "--history", _headers.History).Failed(error);
        GeneratorRun.Of("verify", "--headers", headers, "--assembly", Interop.Assembly, "--history", _headers.History).Failed(error);
        GeneratorRun.Of("history", "--headers", headers, "--version-name", "1.7.3", "--history", _headers.History).Failed(error);

        Assert.Equal(before, _headers.Fingerprint());
    }

    private void Fails(string error, params string[] more)
    {
        var before = _headers.Fingerprint();
        string[] arguments = more.Length == 0 ? _headers.Arguments : ["generate", "--headers", _headers.Headers, "--history", _headers.History, .. more];

        GeneratorRun.Of(arguments).Failed(error);

        Assert.Equal(before, _headers.Fingerprint());
    }

    /// <summary>The files as ClangSharp would write them.</summary>
    private string ClangSharp()
    {
        GeneratorRun.Of("generate", "--headers", _headers.Headers, "--output", _headers.At("clangsharp"), "--history", _headers.History).Succeeded();
        return _headers.At("clangsharp");
    }

    private void EnginesDiffer(string difference)
    {
        var before = _headers.Fingerprint();

        _headers.Generate("--compare", _headers.At("clangsharp")).Failed($"the two engines differ, so nothing is written:{Environment.NewLine}{difference}");

        Assert.Equal(before, _headers.Fingerprint());
    }

    private string Script(string text)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The compiler is stood in for by a shell script.");
        var path = _headers.Write("clang.sh", $"#!/bin/sh\n{text}\n");
        SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
