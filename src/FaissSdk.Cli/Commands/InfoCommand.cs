using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk info</c>.</summary>
internal static class InfoCommand
{
    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var input = new InputOptions("FILE", "The file of an index or of vectors; - for the standard input.");
        var command = new Command("info", "Describe what is in an index file as a tree, without FAISS, or what is in a file of vectors.");
        input.AddTo(command);
        command.SetAction(parsed => InfoJob.Run(input.Read(parsed), console, cancellationToken));
        return command;
    }
}
