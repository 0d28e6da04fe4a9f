using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Tests.Files;

/// <summary>Loads files with a FAISS library, each in a separate process (load_index.c), because some of them crash it.</summary>
internal sealed class IndexLoader : IDisposable
{
    public const string Loaded = "loaded";
    public const string Rejected = "rejected";
    public const string Killed = "killed";
    public const string Exited = "exited";
    public const string Timeout = "timeout";

    private readonly TimeSpan _patience;
    private readonly string _file;
    private readonly Process _process;
    private readonly Task<string> _error;

    public IndexLoader(string program, string library, string scratch, int seconds, TimeSpan? patience = null)
    {
        _patience = patience ?? TimeSpan.FromSeconds(seconds + 30);
        _file = Path.Combine(scratch, $"mutated-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo(program, [library, seconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
        Expect(Answer() == "ready", "did not begin");
    }

    /// <summary>Compiles load_index.c or another file of its folder; skips the test when there is no C compiler.</summary>
    public static string Compile(string source, string output, params string[] options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The address space of a process is limited on Linux.");
        var start = new ProcessStartInfo("cc", [.. options, "-O1", "-Wall", "-Wextra", "-Werror", "-o", output, Checkout.PathTo("tests/FaissSdk.Tests/Files/" + source), "-ldl"])
        {
            RedirectStandardError = true,
        };
        Process compiler;
        try
        {
            compiler = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no C compiler (cc).");
            throw;
        }

        using (compiler)
        {
            var error = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.True(compiler.ExitCode == 0, error);
        }

        return output;
    }

    /// <summary>Returns the outcome of loading: <c>loaded</c>, <c>rejected CODE</c>, <c>killed SIGNAL</c>, <c>exited STATUS</c> or <c>timeout</c>.</summary>
    public string Load(byte[] content, bool binary)
    {
        File.WriteAllBytes(_file, content);
        _process.StandardInput.Write($"{(binary ? "binary" : "float")} {_file}\n");
        _process.StandardInput.Flush();
        var answer = Answer();
        Expect(answer.Split(' ') is [Loaded] or [Timeout] or [Rejected or Killed or Exited, _], $"answered '{answer}'");
        return answer;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private string Answer()
    {
        var line = _process.StandardOutput.ReadLineAsync();
        Expect(line.Wait(_patience), "does not answer");
        Expect(line.Result is not null, "ended");
        return line.Result!;
    }

    private void Expect(bool holds, string failure)
    {
        if (!holds)
        {
            _process.Kill();
            throw new InvalidOperationException($"load_index {failure}: {_error.Result}");
        }
    }
}
