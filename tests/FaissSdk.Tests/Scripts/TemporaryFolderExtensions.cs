namespace FaissSdk.Tests.Scripts;

/// <summary>Puts programs of a test before those of the system.</summary>
internal static class TemporaryFolderExtensions
{
    /// <summary>Writes a program of shell commands, and returns the PATH on which it comes first.</summary>
    public static string WriteTool(this TemporaryFolder folder, string name, string commands)
    {
        var file = folder.Write($"tools/{name}", $"#!/bin/sh\n{commands}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return $"{Path.GetDirectoryName(file)}:{Environment.GetEnvironmentVariable("PATH")}";
    }
}
