using System.ComponentModel;
using System.Diagnostics;

namespace FaissSdk.Tests.Diagnostics;

/// <summary>The C++ functions with which FAISS prints.</summary>
public sealed class PrintingTests : IDisposable
{
    /// <summary>The functions of C that print, and C++'s streams.</summary>
    private static readonly HashSet<string> Printing =
        ["printf", "puts", "fputs", "putchar", "perror", "vprintf", "__printf_chk", "__vprintf_chk", "_ZSt4cout", "_ZSt4cerr", "_ZSt4clog"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_are_passed_on_whole_and_other_streams_are_left_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test compiles a program for Linux.");
        foreach (var type in (string[])["Index", "IndexBinary", "VectorTransform"])
        {
            _folder.Write($"{type}_c.h", $"typedef struct Faiss{type}_H Faiss{type}; typedef int FaissMetricType;");
        }

        _folder.CreateFolder("impl");
        _folder.Write("impl/AuxIndexStructures_c.h", "typedef struct FaissIDSelector_H FaissIDSelector; typedef struct FaissRangeSearchResult_H FaissRangeSearchResult;");

        var extensions = Checkout.PathTo("native/extensions");
        Assert.Equal((0, "", ""), Run(
            "g++", "-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", "-fopenmp", "-I", ".", "-I", extensions, "-include", "printing.hpp",
            Path.Combine(extensions, "printing.cpp"), Checkout.PathTo("tests/FaissSdk.Tests/Diagnostics/prints.cpp"), "-o", "prints"));

        var run = Run(_folder.File("prints"));
        var fault = _folder.File("fault");
        Assert.True(run == (0, "", ""), $"{run} {(File.Exists(fault) ? File.ReadAllText(fault) : "")}");
        Assert.Equal((0, "", "Faiss assertion 'false' failed\n"), Run(_folder.File("prints"), "abort"));
    }

    [Fact]
    public void FAISS_prints_by_no_other_functions()
    {
        Native.Require();
        var archive = Path.Combine(Path.GetDirectoryName(FaissLibrary.Info.Path)!, "libfaiss_c.a");
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(archive), "There is no archive beside the library.");
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_add_print_handler"), "The library prints itself.");
        var (code, symbols, _) = Run("nm", "-A", "-u", archive);
        Assert.Equal(0, code);

        // Each line is archive:member:, a U and the symbol. OpenBLAS and libgomp are one member.
        var printing = symbols.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => Printing.Contains(words[^1]))
            .Select(words => $"{words[0].Split(':')[^2]}: {words[^1]}")
            .Where(use => !use.StartsWith("libraries.o:", StringComparison.Ordinal));
        Assert.Empty(printing);
    }

    private (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"There is no {program}.");
            throw;
        }

        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
    }
}
