using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace FaissSdk.Generator;

/// <summary>Runs clang on C source and reads its syntax tree.</summary>
internal static class Clang
{
    private const string Package = "sudo apt-get install clang";

    private static readonly string[] Names = ["clang", .. Enumerable.Range(14, 12).Select(version => $"clang-{version}")];

    /// <summary>Returns the clang that the variable <c>CLANG</c> names, or else the first one on the path.</summary>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable("CLANG") is { Length: > 0 } named)
        {
            return Runs(named) ? named : throw new GeneratorException($"CLANG names '{named}', which does not run; unset it, or name a clang (to install one: {Package})");
        }

        return Names.FirstOrDefault(Runs)
            ?? throw new GeneratorException($"clang is missing; install it ({Package}), or set CLANG to its path");
    }

    /// <summary>Parses C source and returns its translation unit.</summary>
    /// <param name="source">The source, which may include headers of <paramref name="includes"/>.</param>
    /// <param name="standard">The C standard, such as <c>c17</c>.</param>
    /// <param name="includes">The include folders.</param>
    public static AstNode Parse(string source, string standard, params IEnumerable<string> includes)
    {
        var start = new ProcessStartInfo(Find(), ["-x", "c", $"-std={standard}", .. includes.SelectMany(folder => new[] { "-I", folder }), "-Xclang", "-ast-dump=json", "-fsyntax-only", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var messages = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.BaseStream;
        var writing = Task.Run(() =>
        {
            try
            {
                using var input = process.StandardInput;
                input.Write(source);
            }
            catch (IOException)
            {
                // A compiler that exits early closes its input; its messages give the reason.
            }
        });
        using var tree = new MemoryStream();
        output.CopyTo(tree);
        writing.GetAwaiter().GetResult();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new GeneratorException($"{start.FileName} does not compile the headers:{Environment.NewLine}{messages.GetAwaiter().GetResult().TrimEnd()}");
        }

        try
        {
            return AstNode.Read(JsonDocument.Parse(tree.GetBuffer().AsMemory(0, (int)tree.Length), new JsonDocumentOptions { MaxDepth = 512 }).RootElement);
        }
        catch (JsonException e)
        {
            throw new GeneratorException($"{start.FileName} wrote no valid syntax tree; it is not clang, or a version with another format: {e.Message}");
        }
    }

    private static bool Runs(string name)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(name, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
