namespace FaissSdk;

/// <summary>Represents the options of <see cref="ParameterSpace.Explore"/>.</summary>
public sealed record ExplorationOptions
{
    /// <summary>Gets the number of neighbors to search for, k; <see langword="null"/> for that of the ground truth.</summary>
    public int? K { get; init; }

    /// <summary>Gets the parameters and the values to try, each in increasing order; <see langword="null"/> for those of <see cref="ParameterSpace.RangesOf"/>.</summary>
    public IReadOnlyList<ParameterRange>? Ranges { get; init; }

    /// <summary>Gets the maximum number of settings to measure.</summary>
    public int MaxExperiments { get; init; } = 500;

    /// <summary>Gets the seed of the order in which settings are tried.</summary>
    public int Seed { get; init; } = 1234;

    /// <summary>Gets the number of queries in a call; <see langword="null"/> for all. With 1, the time is that of single queries.</summary>
    public int? QueriesPerCall { get; init; }

    /// <summary>Gets the minimum duration of the measurement of a setting: the queries are searched again until it has elapsed, and the shortest time counts.</summary>
    public TimeSpan MinDuration { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets the minimum number of times that the queries are searched, unless that takes more than ten times <see cref="MinDuration"/>.</summary>
    public int MinRepetitions { get; init; } = 3;
}
