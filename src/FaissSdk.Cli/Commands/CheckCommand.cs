using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk check</c>.</summary>
internal static class CheckCommand
{
    private const int DefaultSeconds = 60;

    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var file = new Argument<string>("FILE") { Description = "The file of a float or binary index." };
        var memory = CommandOptions.Integer("--memory", "The memory in MiB that the trial may take (default: 1024 and four times the size of the file). Only Linux enforces it.", minimum: 1, optional: true);
        var timeout = CommandOptions.Integer("--timeout", "The seconds that the trial may take.", minimum: 1, defaultValue: DefaultSeconds);
        var command = new Command("check", "Load an index file of unknown origin and try its index in a child process.") { file, memory, timeout };
        command.SetAction(parsed => CheckJob.Run(
            parsed.GetRequiredValue(file),
            new IndexValidation
            {
                MaxMemory = parsed.GetValue(memory) is > 0 and var mebibytes ? (long)mebibytes << 20 : null,
                Timeout = TimeSpan.FromSeconds(Math.Min(parsed.GetValue(timeout), int.MaxValue / 1000)),
            },
            console,
            cancellationToken));
        return command;
    }
}
