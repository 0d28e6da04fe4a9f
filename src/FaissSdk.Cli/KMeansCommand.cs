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
        var iterations = CommandOptions.Integer("--iterations", "The largest number of iterations of each redo.", minimum: 1, defaultValue: 25);
        var redos = CommandOptions.Integer("--redos", "How many times to start over from other points; the best objective wins.", minimum: 1, defaultValue: 1);
        var seed = CommandOptions.Integer("--seed", "The seed of the sample and of the initial centroids.", minimum: 0, defaultValue: 1234);
        var spherical = new Option<bool>("--spherical") { Description = "Normalize centroids to unit length and assign points by inner product." };
        var integer = new Option<bool>("--integer-centroids") { Description = "Round centroids to whole numbers after every iteration." };
        var maxPoints = CommandOptions.Integer("--max-points-per-centroid", "Of more points than this for each cluster a random sample is used.", minimum: 1, defaultValue: 256);
        var noEarlyStop = new Option<bool>("--no-early-stop") { Description = "Do all iterations, even when the objective stays the same." };
        var centroids = new Option<string>("--centroids") { Description = "Write the centroids to this .fvecs, .bvecs, .npy or .csv file.", HelpName = "OUT" };
        var assignments = new Option<string>("--assignments") { Description = "Write the cluster of every point to this .npy, .ivecs, .csv or .txt file.", HelpName = "OUT" };

        var command = new Command("kmeans", "Cluster the vectors of a file.")
        {
            input, clusters, backend, iterations, redos, seed, spherical, integer, maxPoints, noEarlyStop, centroids, assignments,
        };
        command.SetAction(parsed => KMeansJob.Run(
            new KMeansRequest
            {
                Input = parsed.GetRequiredValue(input),
                Clusters = parsed.GetValue(clusters),
                Backend = parsed.GetValue(backend),
                Centroids = parsed.GetValue(centroids),
                Assignments = parsed.GetValue(assignments),
                Options = new KMeansOptions
                {
                    Iterations = parsed.GetValue(iterations),
                    Redos = parsed.GetValue(redos),
                    Seed = parsed.GetValue(seed),
                    Spherical = parsed.GetValue(spherical),
                    IntegerCentroids = parsed.GetValue(integer),
                    MaxPointsPerCentroid = parsed.GetValue(maxPoints),
                    StopWhenConverged = !parsed.GetValue(noEarlyStop),
                },
            },
            console,
            cancellationToken));
        return command;
    }
}
