using System.Diagnostics;
using System.Reflection;

namespace FaissSdk.Tests;

/// <summary>Runs a method of the tests in a process of its own: the call under test may end the process or never return, or needs memory that no other test uses.</summary>
internal static class ChildProcess
{
    private const string Variable = "FAISS_SDK_TESTS_SCENARIO";
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Runs a scenario with an argument, and returns how its process ended.</summary>
    /// <param name="scenario">A static method, or a lambda that captures nothing; its exceptions become the exit code 1.</param>
    /// <param name="argument">The argument of the method.</param>
    /// <param name="seconds">The time after which the process is ended.</param>
    /// <param name="environment">Variables to set, or to remove if they are <see langword="null"/>.</param>
    public static ChildRun Run(Action<string> scenario, string argument = "", int seconds = 60, IReadOnlyDictionary<string, string?>? environment = null)
    {
        if (scenario.Target?.GetType() is { } closure && closure.GetFields(Members & ~BindingFlags.Static).Length > 0)
        {
            throw new ArgumentException("The scenario captures variables, which its process does not have; pass them as the argument.", nameof(scenario));
        }

        // A self-contained publish of the tests is its own host.
        var host = Environment.ProcessPath!;
        var start = new ProcessStartInfo(host, Path.GetFileNameWithoutExtension(host) == "dotnet" ? [typeof(ChildProcess).Assembly.Location] : [])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // On Windows, a console of its own, whose events reach the scenario and its children alone.
            CreateNoWindow = true,
            Environment =
            {
                [Variable] = $"{scenario.Method.DeclaringType!.FullName} {scenario.Method.Name} {argument}",
                ["DOTNET_DbgEnableMiniDump"] = "0",
            },
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var ended = process.WaitForExit(TimeSpan.FromSeconds(seconds));
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return new ChildRun(ended ? process.ExitCode : null, output.Result + error.Result);
    }

    /// <summary>Runs the scenario that this process was started for.</summary>
    /// <returns>The exit code, or <see langword="null"/> if the process was started to run tests.</returns>
    public static int? RunScenario()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split(' ', 3) is not [var type, var method, var argument])
        {
            return null;
        }

        // Processes that the scenario starts do not run it again.
        Environment.SetEnvironmentVariable(Variable, null);
        try
        {
            var declaring = Type.GetType(type, throwOnError: true)!;
            var scenario = declaring.GetMethod(method, Members)!;
            scenario.CreateDelegate<Action<string>>(scenario.IsStatic ? null : Activator.CreateInstance(declaring, nonPublic: true))(argument);
            return 0;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(error);
            return 1;
        }
    }
}
