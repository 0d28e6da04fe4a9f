namespace FaissSdk.Generator.Tests;

/// <summary>Tests that bad input gives a clear error and an exit code, and changes no file.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly SmallHeaders _headers = new();

    public void Dispose() => _headers.Dispose();

    [Fact]
    public void A_missing_folder_is_named() =>
        EveryCommandFails(_headers.At("absent"), $"{_headers.At("absent")}: the folder does not exist");

    [Fact]
    public void A_folder_without_headers_is_named() =>
        EveryCommandFails(_headers.Target, $"{_headers.Target}: the FAISS C API was not found (faiss_c.h and Index_c.h, ");

    [Fact]
    public void Headers_older_than_1_7_3_are_refused()
    {
        File.Delete(_headers.At("headers/IndexBinary_c.h"));

        EveryCommandFails(_headers.Headers, $"{_headers.Headers}: this C API is older than FAISS 1.7.3 (IndexBinary_c.h is missing)");
    }

    [Fact]
    public void A_compiler_error_in_a_header_is_shown()
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
    public async Task A_missing_clang_is_reported_with_its_package(string? clang, string error)
    {
        var before = _headers.Fingerprint();

        var run = await GeneratorRun.OfProcess(new() { ["CLANG"] = clang, ["PATH"] = "" }, _headers.Arguments);

        run.Failed(error);
        Assert.Contains("apt-get install clang", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, _headers.Fingerprint());
    }

    [Fact]
    public async Task A_compiler_without_a_syntax_tree_is_named()
    {
        var clang = Script("exit 0");

        (await GeneratorRun.OfProcess(new() { ["CLANG"] = clang }, _headers.Arguments)).Failed($"{clang} wrote no valid syntax tree");
    }

    [Fact]
    public async Task A_killed_run_changes_nothing()
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

    [Theory]
    [InlineData(".Generated.generator-old")]
    [InlineData(".Generated.generator-new", ".Generated.generator-old")]
    public void Leftovers_of_a_killed_run_are_repaired(params string[] leftovers)
    {
        // Killed after the old folder was moved aside, and before or after the new one took its place.
        var parent = Path.GetDirectoryName(_headers.Target)!;
        Directory.Move(_headers.Target, Path.Combine(parent, leftovers[^1]));
        foreach (var leftover in leftovers[..^1])
        {
            _headers.Write($"bindings/{leftover}/Index_c.g.cs", "incomplete");
        }

        GeneratorRun.Of("generate", "--headers", _headers.At("absent"), "--output", _headers.Target, "--history", _headers.History).Failed(_headers.At("absent"));

        Assert.Equal([_headers.Target], Directory.GetFileSystemEntries(parent));
        Assert.Equal("as it was", File.ReadAllText(Path.Combine(_headers.Target, "Index_c.g.cs")));
    }

    [Fact]
    public void The_old_folder_of_a_killed_run_is_deleted_if_the_new_one_is_in_place()
    {
        _headers.Write("bindings/.Generated.generator-old/Index_c.g.cs", "older");
        _headers.Write("bindings/Generated/.writable", "");

        _headers.Generate().Succeeded();

        Assert.Equal([_headers.Target], Directory.GetFileSystemEntries(Path.GetDirectoryName(_headers.Target)!));
        Assert.False(File.Exists(Path.Combine(_headers.Target, ".writable")));
    }

    [Fact]
    public void Nothing_is_replaced_if_the_history_cannot_be_written()
    {
        GeneratorRun.Of("history", "--history", _headers.History, "--version-name", "1.7.3", "--headers", _headers.Headers).Succeeded();
        Directory.CreateDirectory(_headers.History + ".new");
        var before = _headers.Fingerprint();

        _headers.Generate("--faiss-version", "1.8.0").Failed("Access to the path");

        Assert.Equal(before, _headers.Fingerprint());
    }

    [Fact]
    public void The_history_stays_if_the_target_cannot_be_replaced()
    {
        GeneratorRun.Of("history", "--history", _headers.History, "--version-name", "1.7.3", "--headers", _headers.Headers).Succeeded();
        var file = _headers.Write("file", "");

        Fails($"{file}/Generated: the folder could not be replaced and is unchanged: ", "--output", file + "/Generated", "--faiss-version", "1.8.0");
    }

    [Fact]
    public void A_target_below_a_file_is_refused()
    {
        var file = _headers.Write("file", "");

        Fails($"{file}/Generated: the folder could not be replaced and is unchanged: ", "--output", file + "/Generated");
    }

    [Fact]
    public void A_target_that_is_a_file_is_refused()
    {
        var file = _headers.Write("file", "as it was");

        Fails($"{file}: the output must be a folder, but it is a file", "--output", file);
    }

    [Fact]
    public void A_target_with_other_files_is_refused()
    {
        var file = _headers.Write("bindings/Generated/notes.txt", "by hand");

        Fails($"{_headers.Target}: the folder would be replaced, but {file} was not generated");
    }

    [Theory]
    [InlineData("bindings")]
    [InlineData("bindings/Generated")]
    [InlineData("bindings/Generated/gpu")]
    public void A_read_only_target_is_refused(string folder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test sets Unix file modes.");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Root can write to read-only folders.");
        SetMode(_headers.At(folder), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Fails($"{_headers.Target}: the folder could not be replaced and is unchanged: ");
        }
        finally
        {
            SetMode(_headers.At(folder), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void The_whole_target_is_replaced_except_gpu_if_the_headers_lack_it()
    {
        var run = _headers.Generate().Succeeded();

        Assert.StartsWith("3 files, 2 functions (", run.Output, StringComparison.Ordinal);
        Assert.Equal(["IndexBinary_c.g.cs", "Index_c.g.cs", "gpu"], Directory.GetFileSystemEntries(_headers.Target).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal("as it was", File.ReadAllText(Path.Combine(_headers.Target, "gpu", "Gpu_c.g.cs")));
        Assert.Equal([_headers.Target], Directory.GetFileSystemEntries(Path.GetDirectoryName(_headers.Target)!));
    }

    [Fact]
    public void Files_are_written_if_both_engines_agree()
    {
        _headers.Generate("--compare", ClangSharp()).Succeeded();

        Assert.True(File.Exists(Path.Combine(_headers.Target, "IndexBinary_c.g.cs")));
    }

    [Fact]
    public void A_difference_of_one_byte_between_the_engines_is_refused()
    {
        var file = Path.Combine(ClangSharp(), "Index_c.g.cs");
        var text = File.ReadAllText(file);
        File.WriteAllText(file, text.Replace("Cdecl", "cdecl", StringComparison.Ordinal));

        EnginesDiffer($"  Index_c.g.cs: first difference in line {new Mutation.Message("Cdecl", "").Line(text)}");
    }

    [Theory]
    [InlineData("", "\n")]
    [InlineData("\uFEFF", "")]
    public void A_difference_at_either_end_is_refused(string before, string after)
    {
        var file = Path.Combine(ClangSharp(), "Index_c.g.cs");
        File.WriteAllText(file, before + File.ReadAllText(file) + after);

        EnginesDiffer("  Index_c.g.cs: first difference in line ");
    }

    [Fact]
    public void A_file_missing_from_ClangSharp_is_refused()
    {
        File.Delete(Path.Combine(ClangSharp(), "Index_c.g.cs"));

        EnginesDiffer("  Index_c.g.cs: only the second engine writes it");
    }

    [Fact]
    public void A_file_only_from_ClangSharp_is_refused()
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
    [InlineData("{ \"versions\": [ \"1.7.3\" ], \"functions\": { \"faiss_f\": { \"header\": \"f.h\", \"since\": \"1.7.4\", \"declaration\": \"int faiss_f(void)\" } } }")]
    [InlineData("{ \"versions\": [ \"1.7.3\" ], \"functions\": { \"faiss_f\": { \"header\": \"f.h\", \"since\": \"1.7.3\", \"removedIn\": \"1.7.4\", \"declaration\": \"int faiss_f(void)\" } } }")]
    [InlineData("{ \"versions\": [ \"1.7.3\" ], \"functions\": { \"faiss_f\": { \"header\": \"f.h\", \"since\": \"1.7.3\", \"removedIn\": \"1.7.3\", \"declaration\": \"int faiss_f(void)\" } } }")]
    [InlineData("{ \"versions\": [ \"1.7.3\" ], \"functions\": { \"faiss_f\": { \"header\": \"f.h\", \"first\": \"1.7.3\", \"last\": \"1.7.3\", \"declaration\": \"int faiss_f(void)\" } } }")]
    [InlineData("{ \"versions\": [ \"1.7.3\" ], \"enumMembers\": { \"A.B\": { \"header\": \"f.h\", \"since\": \"1.7.3\" } } }")]
    public void A_broken_history_is_named(string content)
    {
        _headers.Write("api-history.json", content);

        EveryCommandWithHistoryFails(_headers.Headers, $"{_headers.History}: not an API history: ");
    }

    [Fact]
    public void A_missing_history_is_named()
    {
        File.Delete(_headers.History);

        EveryCommandWithHistoryFails(_headers.Headers, $"Could not find file '{_headers.History}'");
    }

    [Theory]
    [InlineData("--with-using\nSystem", "the second engine does not support --with-using")]
    [InlineData("--config\ngenerate-helper-types", "--config must be exactly ")]
    [InlineData("--with-type\n*=uint", "--with-type must be *=int, but is *=uint")]
    [InlineData("--language\nc++", "--language must be c, but is c++")]
    [InlineData("--libraryPath\na\nb", "--libraryPath must have one value")]
    public void Unsupported_options_of_the_response_file_are_refused(string more, string error)
    {
        var path = _headers.Write("faiss.rsp", $"{File.ReadAllText(Interop.ResponseFile)}\n{more}\n");
        _headers.Write("header.txt", "");

        var exception = Assert.Throws<GeneratorException>(() => ResponseFile.Read(path));

        Assert.StartsWith($"{path}: {error}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int64_t=long", "'int64_t=long' does not follow an option")]
    [InlineData("--remap\nint64_t=long", "--config is missing")]
    public void An_incomplete_response_file_is_refused(string content, string error)
    {
        var path = _headers.Write("faiss.rsp", content);

        Assert.Equal($"{path}: {error}", Assert.Throws<GeneratorException>(() => ResponseFile.Read(path)).Message);
    }

    [Fact]
    public void A_missing_assembly_is_named() =>
        Verify("--assembly", _headers.At("absent.dll")).Failed($"{_headers.At("absent.dll")}: the assembly does not exist");

    [Fact]
    public void A_file_that_is_not_an_assembly_is_named() =>
        Verify("--assembly", _headers.History).Failed($"{_headers.History}: the file is not a .NET assembly");

    [Fact]
    public void An_unloadable_library_is_named() =>
        Verify("--assembly", Interop.Assembly, "--library", _headers.History).Failed($"{_headers.History}: the library could not be loaded");

    [Fact]
    public void A_bound_but_undeclared_function_is_a_fault()
    {
        var run = GeneratorRun.Of("verify", "--headers", _headers.Headers, "--assembly", Interop.Assembly, "--history", _headers.History);

        var expected = Interop.Read().Methods.Keys.Where(name => !Verification.IsOwn(name)).Except(["faiss_Index_reset", "faiss_IndexBinary_reset"]).Select(name => $"fault: {name}: bound, but declared by no version in the history");
        Assert.Equal(expected, run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("generate")]
    [InlineData("diff", "one")]
    public void An_invalid_command_line_gives_an_exit_code(params string[] arguments)
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
        var arguments = more.Length == 0 ? _headers.Arguments : ["generate", "--headers", _headers.Headers, "--history", _headers.History, .. more];

        GeneratorRun.Of(arguments).Failed(error);

        Assert.Equal(before, _headers.Fingerprint());
    }

    /// <summary>Writes the files as ClangSharp would, and returns their folder.</summary>
    private string ClangSharp()
    {
        GeneratorRun.Of("generate", "--headers", _headers.Headers, "--output", _headers.At("clangsharp"), "--history", _headers.History).Succeeded();
        return _headers.At("clangsharp");
    }

    private void EnginesDiffer(string difference)
    {
        var before = _headers.Fingerprint();

        _headers.Generate("--compare", _headers.At("clangsharp")).Failed($"the output of the two engines differs, so nothing was written:{Environment.NewLine}{difference}");

        Assert.Equal(before, _headers.Fingerprint());
    }

    private string Script(string text)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A shell script replaces the compiler.");
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
