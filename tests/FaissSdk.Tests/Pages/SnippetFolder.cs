using System.Diagnostics;
using FaissSdk.Tests.Cli;

namespace FaissSdk.Tests.Pages;

/// <summary>A folder with the SDK's assemblies, in which programs are compiled and run as processes of their own.</summary>
public sealed class SnippetFolder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private int _programs;

    public SnippetFolder()
    {
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Where(IsOfSdk))
        {
            File.Copy(file, _folder.File(Path.GetFileName(file)));
        }
    }

    public static bool IsOfSdk(string path) =>
        Path.GetFileName(path) is "FaissSdk.dll" or "FaissSdk.Interop.dll" or "FaissSdk.Managed.dll" or "System.Numerics.Tensors.dll";

    public void Dispose() => _folder.Dispose();

    /// <summary>Returns the file of the next program.</summary>
    internal string Next() => _folder.File($"snippet{_programs++}.dll");

    /// <summary>Runs a program in an empty folder, with the native library of the tests.</summary>
    internal async Task<CommandRun> Run(string program)
    {
        var start = ProgramHost.Start(program, Path.Combine(AppContext.BaseDirectory, "FaissSdk.Tests.runtimeconfig.json"));
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = Directory.CreateDirectory(Path.ChangeExtension(program, ".run")).FullName;
        start.Environment[FaissLibrary.PathVariable] = FaissLibrary.IsAvailable ? FaissLibrary.Info.Path : _folder.File("absent.so");
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            return new CommandRun(-1, await output, await error + $"The program did not end within {Patience.TotalSeconds} seconds.");
        }

        return new CommandRun(process.ExitCode, await output, await error);
    }
}
