using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options for the file of vectors and for the training that <c>kmeans</c> and <c>verify</c> share.</summary>
internal sealed class TrainingOptions(string inputDescription)
{
    private static readonly string Formats = string.Join(", ", VectorFile.InputExtensions[..^1]) + " or " + VectorFile.InputExtensions[^1];

    private readonly Option<string> _input = new("--input") { Description = $"{inputDescription} ({Formats}; a pipe, or - for the standard input).", HelpName = "FILE", Required = true };
    private readonly Option<string?> _array = InputOptions.Array();
    private readonly Option<string?> _format = InputOptions.Format();
    private readonly Option<int> _iterations = CommandOptions.Integer("--iterations", "The maximum number of iterations of each training.", minimum: 1, defaultValue: 25);
    private readonly Option<int> _seed = CommandOptions.Integer("--seed", "The seed of the random sample and of the initial centroids.", minimum: 0, defaultValue: 1234);
    private readonly Option<bool> _center = new("--center") { Description = "Subtract the mean before training and add it back afterwards; restores the precision of data far from the origin." };
    private readonly Option<bool> _spherical = new("--spherical") { Description = "Normalize centroids to unit length and assign points by inner product." };
    private readonly Option<bool> _integer = new("--integer-centroids") { Description = "Round centroids to integers after every iteration." };
    private readonly Option<int> _maxPoints = CommandOptions.Integer("--max-points-per-centroid", "The maximum number of points per cluster; if the file has more, a random sample is used.", minimum: 1, defaultValue: 256);
    private readonly Option<int> _threads = CommandOptions.Integer("--threads", "The maximum number of threads. The default is the number of processors; FAISS also honors OMP_NUM_THREADS.", minimum: 1, optional: true);
    private readonly Option<KMeansSummation> _sums = CommandOptions.Choice(
        "--sums",
        "The precision in which the points of a cluster are added up: single as in FAISS, double, or double where single precision may be off (auto, the default).",
        ("auto", KMeansSummation.Auto),
        ("single", KMeansSummation.SinglePrecision),
        ("double", KMeansSummation.DoublePrecision));

    private readonly Option<bool> _noPruning = new("--no-pruning") { Description = "Compare every point with every centroid in the managed implementation; the result is the same." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_input, _format, _array, _iterations, _seed, _center, _spherical, _integer, _maxPoints, _threads, _sums, _noPruning])
        {
            command.Options.Add(option);
        }
    }

    public VectorSource ReadSource(ParseResult parsed) => new(parsed.GetRequiredValue(_input), parsed.GetValue(_format), parsed.GetValue(_array));

    /// <exception cref="UsageException">Two options contradict each other.</exception>
    public KMeansOptions Read(ParseResult parsed) =>
        parsed.GetValue(_center) && parsed.GetValue(_spherical)
            ? throw new UsageException("--center cannot be combined with --spherical, which clusters directions from the origin; remove one of the two.")
            : new KMeansOptions
            {
                MaxIterations = parsed.GetValue(_iterations),
                Seed = parsed.GetValue(_seed),
                Center = parsed.GetValue(_center),
                Spherical = parsed.GetValue(_spherical),
                IntegerCentroids = parsed.GetValue(_integer),
                MaxPointsPerCentroid = parsed.GetValue(_maxPoints),
                MaxDegreeOfParallelism = parsed.GetValue(_threads) is var threads and > 0 ? threads : -1,
                Summation = parsed.GetValue(_sums),
                Pruning = !parsed.GetValue(_noPruning),
            };
}
