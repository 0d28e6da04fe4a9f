using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk convert</c>.</summary>
internal static class ConvertCommand
{
    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var input = new InputOptions("INPUT", "The vectors; - for the standard input.");
        var output = new Argument<string>("OUTPUT") { Description = $"The file to write ({string.Join(", ", VectorFile.ConvertedExtensions)}); - for the standard output." };
        var to = CommandOptions.Format("--to", "The format of the output, if its name has another extension or none.", VectorFile.ConvertedExtensions);
        var command = new Command("convert", "Write the vectors of a file in another format.");
        input.AddTo(command);
        command.Arguments.Add(output);
        command.Options.Add(to);
        command.SetAction(parsed => ConvertJob.Run(
            new ConvertRequest(input.Read(parsed), new CommandOutput("OUTPUT", parsed.GetRequiredValue(output), parsed.GetValue(to))),
            console,
            cancellationToken));
        return command;
    }
}
