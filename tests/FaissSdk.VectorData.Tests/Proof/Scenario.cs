using System.Diagnostics;
using System.Reflection;

namespace FaissSdk.VectorData.Tests;

/// <summary>Runs a method of the tests in a process of its own, which a test can end at any moment.</summary>
internal static class Scenario
{
    private const string Variable = "FAISS_SDK_TESTS_SCENARIO";
    private const BindingFlags Members = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Starts a process that runs a static method with an argument.</summary>
    public static Process Start(Func<string, Task> scenario, string argument)
    {
        // A self-contained publish of the tests is its own host.
        var host = Environment.ProcessPath!;
        return Process.Start(new ProcessStartInfo(host, Path.GetFileNameWithoutExtension(host) == "dotnet" ? [typeof(Scenario).Assembly.Location] : [])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            Environment =
            {
                [Variable] = $"{scenario.Method.DeclaringType!.FullName} {scenario.Method.Name} {argument}",
                ["DOTNET_DbgEnableMiniDump"] = "0",
                ["DOTNET_TieredPGO"] = "0",
            },
        })!;
    }

    /// <summary>Runs the scenario that this process was started for.</summary>
    /// <returns>The exit code, or <see langword="null"/> if the process was started to run tests.</returns>
    public static async Task<int?> Run()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split(' ', 3) is not [var type, var method, var argument])
        {
            return null;
        }

        // Processes that the scenario starts do not run it again.
        Environment.SetEnvironmentVariable(Variable, null);
        try
        {
            await Type.GetType(type, throwOnError: true)!.GetMethod(method, Members)!.CreateDelegate<Func<string, Task>>()(argument);
            return 0;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(error);
            return 1;
        }
    }
}
