using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace FaissSdk.VectorData.Tests;

/// <summary>Runs the tests as the generated entry point would, or a scenario of <see cref="Scenario"/>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments) =>
        await Scenario.Run()
        ?? (arguments.Any(argument => argument is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(arguments));
}
