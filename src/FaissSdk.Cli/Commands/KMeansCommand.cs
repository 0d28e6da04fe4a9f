using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk kmeans</c>.</summary>
internal static class KMeansCommand
{
    private const BackendChoice DefaultBackend = BackendChoice.Auto;

    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var clusters = CommandOptions.Integer("--clusters", "The number of clusters.", minimum: 1);
        var backend = CommandOptions.Backend(DefaultBackend);
        var redos = CommandOptions.Integer("--redos", "The number of trainings from different initial centroids; the one with the best objective wins.", minimum: 1, defaultValue: 1);
        var initialization = CommandOptions.Choice(
            "--init",
            "The initial centroids: points drawn at random as in FAISS (the default), or chosen by k-means++.",
            ("random", KMeansInitialization.RandomPoints),
            ("kmeans++", KMeansInitialization.KMeansPlusPlus));
        var noEarlyStop = new Option<bool>("--no-early-stop") { Description = "Run all iterations, even if the objective no longer changes." };
        var centroids = new Option<string>("--centroids") { Description = "Write the centroids to this file (.fvecs, .bvecs, .npy or .csv); - for the standard output.", HelpName = "OUT" };
        var assignments = new Option<string>("--assignments") { Description = "Write the cluster number of every point to this file (.npy, .ivecs, .csv or .txt); - for the standard output.", HelpName = "OUT" };

        var to = CommandOptions.Format("--to", "The format of an output that goes to the standard output.", [.. VectorFile.OutputExtensions.Union(LabelFile.Extensions)]);
        var report = CommandOptions.Report();
        var plot = CommandOptions.Plot("Draw a map of the points, by cluster, to this file (.svg).");
        var names = NamesFile.Option();

        var training = new TrainingOptions("The vectors to cluster");
        var command = new Command("kmeans", "Cluster the vectors of a file.") { clusters, backend, redos, initialization, noEarlyStop, centroids, assignments, to, report, plot, names };
        training.AddTo(command);
        command.SetAction(parsed => KMeansJob.Run(
            new KMeansRequest
            {
                Input = training.ReadSource(parsed),
                Clusters = parsed.GetValue(clusters),
                Backend = parsed.GetValue(backend) ?? DefaultBackend,
                Centroids = CommandOutput.Of("--centroids", parsed.GetValue(centroids), parsed.GetValue(to)),
                Assignments = CommandOutput.Of("--assignments", parsed.GetValue(assignments), parsed.GetValue(to)),
                Report = parsed.GetValue(report),
                Plot = parsed.GetValue(plot),
                Names = parsed.GetValue(names),
                Options = training.Read(parsed) with
                {
                    Redos = parsed.GetValue(redos),
                    Initialization = parsed.GetValue(initialization),
                    StopWhenConverged = !parsed.GetValue(noEarlyStop),
                },
            },
            console,
            cancellationToken));
        return command;
    }
}

/// <summary>Represents the options given to <c>faiss-sdk kmeans</c>.</summary>
internal sealed record KMeansRequest
{
    public required VectorSource Input { get; init; }

    public required int Clusters { get; init; }

    public required BackendChoice Backend { get; init; }

    public required KMeansOptions Options { get; init; }

    public CommandOutput? Centroids { get; init; }

    public CommandOutput? Assignments { get; init; }

    public string? Report { get; init; }

    public string? Plot { get; init; }

    /// <summary>Gets the file of the names of the points.</summary>
    public string? Names { get; init; }
}
