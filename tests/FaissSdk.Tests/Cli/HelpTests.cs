using System.Text.RegularExpressions;

namespace FaissSdk.Tests.Cli;

public sealed partial class HelpTests
{
    public static TheoryData<string> Commands => [.. Command().Matches(CommandRun.Of("--help").Output.Split("Commands:")[1]).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_readme_names_a_command_and_its_options(string command)
    {
        var readme = File.ReadAllText(Checkout.PathTo("src/FaissSdk.Cli/README.md"));
        var run = CommandRun.Of(command, "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"| `{command}` |", readme, StringComparison.Ordinal);
        var options = Option().Matches(run.Output).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.Contains("--json", options);
        Assert.All(options, option => Assert.Matches($@"{option}(?![\w-])", readme));
    }

    [GeneratedRegex(@"(?m)^  (\w+)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex(@"(?m)^  (?:-\S+, )*(--[a-z-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Option();
}
