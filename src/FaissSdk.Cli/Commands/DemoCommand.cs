using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary><c>faiss-sdk demo</c>: its options.</summary>
internal static class DemoCommand
{
    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var query = new Option<string>("--query") { Description = "What to look for among the documented members.", HelpName = "TEXT", DefaultValueFactory = _ => "read all bytes of a file" };
        var clusters = CommandOptions.Integer("--clusters", "The number of clusters.", minimum: 1, defaultValue: 256);
        var backend = CommandOptions.Backend(BackendChoice.Both);
        var iterations = CommandOptions.Integer("--iterations", "The largest number of iterations.", minimum: 1, defaultValue: 20);
        var docs = new Option<string>("--docs") { Description = "The folder of XML documentation files to use instead of the one of the .NET SDK.", HelpName = "DIR" };

        var command = new Command("demo", "Cluster and search the .NET reference documentation that comes with the SDK.") { query, clusters, backend, iterations, docs };
        command.SetAction(parsed => Demo.Run(
            new DemoRequest(
                parsed.GetRequiredValue(query),
                parsed.GetValue(clusters),
                parsed.GetValue(backend),
                parsed.GetValue(iterations),
                parsed.GetValue(docs)),
            console,
            cancellationToken));
        return command;
    }
}
