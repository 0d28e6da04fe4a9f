using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace FaissSdk.Tests;

/// <summary>Runs the tests as the generated entry point would, a scenario of <see cref="ChildProcess"/> or a program of <see cref="ProgramHost"/>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments) =>
        ChildProcess.RunScenario()
        ?? ProgramHost.RunProgram(arguments)
        ?? (arguments.Any(argument => argument is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(arguments));
}
