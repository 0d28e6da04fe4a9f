namespace FaissSdk.Cli;

/// <summary>Represents what <c>faiss-sdk tune</c> and <c>eval</c> read.</summary>
/// <param name="Index">The file of the index; null if one is built.</param>
/// <param name="Base">The file of the vectors; null if the index holds them and the ground truth is given.</param>
/// <param name="Queries">The file of the queries.</param>
/// <param name="Factory">The factory string of the index to build; null if one is loaded.</param>
/// <param name="Metric">The metric of the index to build.</param>
/// <param name="GroundTruth">The file of the ids of the nearest vectors; null if they are searched for.</param>
internal sealed record TuneFiles(string? Index, string? Base, string Queries, string? Factory, MetricType Metric, string? GroundTruth)
{
    /// <exception cref="UsageException">The number of files does not fit the options.</exception>
    public static TuneFiles Of(string[] files, string? factory, MetricType? metric, string? groundTruth, string alternative = "give --factory or --ground-truth.")
    {
        if (factory is not null)
        {
            return files is [var vectors, var queries]
                ? new TuneFiles(null, vectors, queries, factory, metric ?? MetricType.L2, groundTruth)
                : throw new UsageException($"--factory builds the index, and {files.Length} files are given; name two, BASE and QUERIES.");
        }

        if (metric is not null)
        {
            throw new UsageException("--metric is that of an index to build, and the index is loaded; remove the option, or build one by --factory.");
        }

        if (groundTruth is not null)
        {
            return files is [var index, var queries]
                ? new TuneFiles(index, null, queries, null, MetricType.L2, groundTruth)
                : throw new UsageException($"--ground-truth stands for the exact search of the base vectors, and {files.Length} files are given; name two, INDEX and QUERIES.");
        }

        return files is [var file, var all, var sought]
            ? new TuneFiles(file, all, sought, null, MetricType.L2, null)
            : throw new UsageException($"two files are given; name three, INDEX, BASE and QUERIES, or {alternative}");
    }
}
