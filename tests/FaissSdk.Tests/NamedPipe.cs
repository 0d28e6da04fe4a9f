using System.Diagnostics;

namespace FaissSdk.Tests;

/// <summary>Creates named pipes, and runs other commands that .NET has no API for.</summary>
internal static class NamedPipe
{
    public static string Create(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Named pipes are no files there.");
        Run("mkfifo", path);
        return path;
    }

    public static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
