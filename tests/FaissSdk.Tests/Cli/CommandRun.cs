using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Represents a run of the command in this process; its lines end with a line feed on every system.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static CommandRun Of(params string[] arguments) => Of(arguments, CancellationToken.None);

    public static CommandRun Of(string[] arguments, CancellationToken cancellationToken)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = FaissSdkCommand.Run(arguments, CommandConsole.ForWriters(output, error), cancellationToken);
        return new CommandRun(exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
