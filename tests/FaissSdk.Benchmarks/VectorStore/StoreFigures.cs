namespace FaissSdk.Benchmarks;

/// <summary>What was measured of a store.</summary>
internal sealed record StoreFigures
{
    /// <summary>Gets or sets the records inserted per second, in batches.</summary>
    public double InsertRate { get; set; }

    /// <summary>Gets or sets the efSearch or nprobe, or 0 for what the store chooses.</summary>
    public int Effort { get; set; }

    /// <summary>Gets or sets the seconds from the last batch until the index is sealed.</summary>
    public double FinishSeconds { get; set; }

    /// <summary>Gets or sets the peak of private memory while inserting and sealing, as a multiple of the vectors.</summary>
    public double MemoryPeak { get; set; }

    /// <summary>Gets or sets the private memory after the first search of a new process, as a multiple of the vectors.</summary>
    public double MemoryAtRest { get; set; }

    /// <summary>Gets or sets the seconds from opening the store to its first answer, in a new process.</summary>
    public double ReopenSeconds { get; set; }

    /// <summary>Gets or sets the size of all files, as a multiple of the vectors.</summary>
    public double FileSize { get; set; }

    /// <summary>Gets the times of searches: without a filter, with each filter, and with each filter repeated.</summary>
    public List<SearchFigures> Searches { get; init; } = [];
}
