namespace FaissSdk.Cli;

/// <summary>Represents the options given to <c>faiss-sdk verify</c>.</summary>
internal sealed record VerifyRequest(VectorSource Input, int Clusters, KMeansOptions Options)
{
    public string? Report { get; init; }

    public string? Plot { get; init; }

    /// <summary>Gets the file of the names of the points.</summary>
    public string? Names { get; init; }

    /// <summary>Returns the command line that repeats the verification.</summary>
    /// <param name="iterations">The number of iterations.</param>
    public string CommandLine(int iterations)
    {
        var defaults = new KMeansOptions();
        var arguments = new List<string> { "faiss-sdk verify --input", Quote(Input.Path), FormattableString.Invariant($"--clusters {Clusters} --iterations {iterations} --seed {Options.Seed}") };
        Add(Input.Format is not null, $"--format {Input.Format?.TrimStart('.')}");
        Add(Input.Array is not null, $"--array {Quote(Input.Array ?? "")}");
        Add(Options.Center, "--center");
        Add(Options.Spherical, "--spherical");
        Add(Options.IntegerCentroids, "--integer-centroids");
        Add(Options.MaxPointsPerCentroid != defaults.MaxPointsPerCentroid, FormattableString.Invariant($"--max-points-per-centroid {Options.MaxPointsPerCentroid}"));
        Add(Options.MaxDegreeOfParallelism != defaults.MaxDegreeOfParallelism, FormattableString.Invariant($"--threads {Options.MaxDegreeOfParallelism}"));
        Add(Options.Summation == KMeansSummation.SinglePrecision, "--sums single");
        Add(Options.Summation == KMeansSummation.DoublePrecision, "--sums double");
        Add(!Options.Pruning, "--no-pruning");
        return string.Join(' ', arguments);

        void Add(bool wanted, string argument)
        {
            if (wanted)
            {
                arguments.Add(argument);
            }
        }
    }

    private static string Quote(string text) => text.Contains(' ', StringComparison.Ordinal) ? $"\"{text}\"" : text;
}
