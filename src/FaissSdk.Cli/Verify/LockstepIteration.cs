namespace FaissSdk.Cli;

/// <summary>What a comparison from equal centroids found.</summary>
internal sealed record LockstepIteration
{
    /// <summary>The points assigned differently, by no more than rounding explains.</summary>
    public required int Excused { get; init; }

    /// <summary>The points assigned differently by more.</summary>
    public required int Wrong { get; init; }

    /// <summary>Whether new centroids, splits and imbalance are those that follow from the assignment.</summary>
    public required bool UpdateHolds { get; init; }

    /// <summary>How much of its bound the error of an objective takes, the larger of both: at most 1 is rounding.</summary>
    public required double ObjectiveError { get; init; }

    public int Different => Excused + Wrong;
}
