using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FaissSdk.Tests;

/// <summary>Starts .NET programs: by the dotnet command or, where the tests are published self-contained, by the host of the tests.</summary>
internal static class ProgramHost
{
    private const string Variable = "FAISS_SDK_TESTS_PROGRAM";

    private static readonly string Dotnet = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>Gets a value indicating whether there is no dotnet command for this runtime.</summary>
    public static bool IsSelfContained { get; } = !File.Exists(Dotnet);

    /// <summary>Returns how to start a program, to which arguments can be added.</summary>
    /// <param name="program">The assembly of the program.</param>
    /// <param name="configuration">The runtimeconfig.json, or <see langword="null"/> for that of the program.</param>
    public static ProcessStartInfo Start(string program, string? configuration = null) => IsSelfContained
        ? new ProcessStartInfo(Environment.ProcessPath!) { Environment = { [Variable] = program } }
        : new ProcessStartInfo(Dotnet, configuration is null ? [program] : ["exec", "--runtimeconfig", configuration, program]);

    /// <summary>Runs the program that this process was started for.</summary>
    /// <returns>The exit code, or <see langword="null"/> if the process was started to run tests.</returns>
    public static int? RunProgram(string[] arguments)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } program)
        {
            return null;
        }

        Environment.SetEnvironmentVariable(Variable, null);
        var entry = Assembly.LoadFrom(program).EntryPoint!;
        return entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, entry.GetParameters().Length == 0 ? [] : [arguments], null) as int? ?? 0;
    }
}
