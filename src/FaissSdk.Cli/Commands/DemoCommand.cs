using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk demo</c>.</summary>
internal static class DemoCommand
{
    private const BackendChoice DefaultBackend = BackendChoice.Both;

    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var query = new Option<string>("--query") { Description = "The text to search the documented members for.", HelpName = "TEXT", DefaultValueFactory = _ => "read all bytes of a file" };
        var clusters = CommandOptions.Integer("--clusters", "The number of clusters.", minimum: 1, defaultValue: 256);
        var backend = CommandOptions.Backend(DefaultBackend);
        var iterations = CommandOptions.Integer("--iterations", "The maximum number of iterations.", minimum: 1, defaultValue: 20);
        var docs = new Option<string>("--docs") { Description = "A folder of XML documentation files to use instead of those of the .NET SDK.", HelpName = "DIR" };

        var command = new Command("demo", "Cluster and search the .NET reference documentation that comes with the SDK.") { query, clusters, backend, iterations, docs };
        command.SetAction(parsed => DemoJob.Run(
            new DemoRequest(
                parsed.GetRequiredValue(query),
                parsed.GetValue(clusters),
                parsed.GetValue(backend) ?? DefaultBackend,
                parsed.GetValue(iterations),
                parsed.GetValue(docs)),
            console,
            cancellationToken));
        return command;
    }
}

/// <summary>Represents the options given to <c>faiss-sdk demo</c>.</summary>
internal sealed record DemoRequest(string Query, int Clusters, BackendChoice Backend, int Iterations, string? Docs);
