using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>The options of a training that commands have in common.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<int> _iterations = CommandOptions.Integer("--iterations", "The largest number of iterations of each redo.", minimum: 1, defaultValue: 25);
    private readonly Option<int> _seed = CommandOptions.Integer("--seed", "The seed of the sample and of the initial centroids.", minimum: 0, defaultValue: 1234);
    private readonly Option<bool> _center = new("--center") { Description = "Subtract the mean before training and add it afterwards: gives data far from the origin its precision back." };
    private readonly Option<bool> _spherical = new("--spherical") { Description = "Normalize centroids to unit length and assign points by inner product." };
    private readonly Option<bool> _integer = new("--integer-centroids") { Description = "Round centroids to whole numbers after every iteration." };
    private readonly Option<int> _maxPoints = CommandOptions.Integer("--max-points-per-centroid", "Of more points than this for each cluster a random sample is used.", minimum: 1, defaultValue: 256);
    private readonly Option<int> _threads = CommandOptions.Integer("--threads", "The largest number of threads; without it as many as there are processors, native as OMP_NUM_THREADS says.", minimum: 1, optional: true);
    private readonly Option<bool> _noPruning = new("--no-pruning") { Description = "Let the managed implementation compare every point with every centroid; the result is the same." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_iterations, _seed, _center, _spherical, _integer, _maxPoints, _threads, _noPruning])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">Two options contradict each other.</exception>
    public KMeansOptions Read(ParseResult parsed) =>
        parsed.GetValue(_center) && parsed.GetValue(_spherical)
            ? throw new UsageException("--center cannot be combined with --spherical: directions are those from the origin.")
            : new KMeansOptions
            {
                Iterations = parsed.GetValue(_iterations),
                Seed = parsed.GetValue(_seed),
                Center = parsed.GetValue(_center),
                Spherical = parsed.GetValue(_spherical),
                IntegerCentroids = parsed.GetValue(_integer),
                MaxPointsPerCentroid = parsed.GetValue(_maxPoints),
                MaxDegreeOfParallelism = parsed.GetValue(_threads) is var threads and > 0 ? threads : -1,
                Pruning = !parsed.GetValue(_noPruning),
            };
}
