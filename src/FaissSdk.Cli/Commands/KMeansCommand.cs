using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary><c>faiss-sdk kmeans</c>: its options.</summary>
internal static class KMeansCommand
{
    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var input = new Option<string>("--input") { Description = "The vectors to cluster: a .fvecs, .bvecs, .npy or .csv file.", HelpName = "FILE", Required = true };
        var clusters = CommandOptions.Integer("--clusters", "The number of clusters.", minimum: 1);
        var backend = CommandOptions.Backend(BackendChoice.Auto);
        var redos = CommandOptions.Integer("--redos", "How many times to start over from other points; the best objective wins.", minimum: 1, defaultValue: 1);
        var initialization = CommandOptions.Initialization();
        var noEarlyStop = new Option<bool>("--no-early-stop") { Description = "Do all iterations, even when the objective stays the same." };
        var centroids = new Option<string>("--centroids") { Description = "Write the centroids to this .fvecs, .bvecs, .npy or .csv file.", HelpName = "OUT" };
        var assignments = new Option<string>("--assignments") { Description = "Write the cluster of every point to this .npy, .ivecs, .csv or .txt file.", HelpName = "OUT" };

        var training = new TrainingOptions();
        var command = new Command("kmeans", "Cluster the vectors of a file.") { input, clusters, backend, redos, initialization, noEarlyStop, centroids, assignments };
        training.AddTo(command);
        command.SetAction(parsed => KMeansJob.Run(
            new KMeansRequest
            {
                Input = parsed.GetRequiredValue(input),
                Clusters = parsed.GetValue(clusters),
                Backend = parsed.GetValue(backend),
                Centroids = parsed.GetValue(centroids),
                Assignments = parsed.GetValue(assignments),
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
