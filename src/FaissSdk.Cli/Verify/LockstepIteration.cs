namespace FaissSdk.Cli;

/// <summary>Represents the comparison of both backends in one iteration from the same centroids.</summary>
internal sealed record LockstepIteration
{
    /// <summary>Gets the number of points assigned differently within rounding error.</summary>
    public required int WithinRounding { get; init; }

    /// <summary>Gets the number of points assigned differently beyond rounding error.</summary>
    public required int Wrong { get; init; }

    /// <summary>Gets a value indicating whether new centroids, splits and imbalance follow from the assignment.</summary>
    public required bool UpdateHolds { get; init; }

    /// <summary>Gets a value indicating whether native drew more often for a split than managed does, which is what FAISS before 1.14.2 does; the update holds then if it is the one of these draws.</summary>
    public bool HasLongSplit { get; init; }

    /// <summary>Gets the larger error of the two objectives as a share of its bound: at most 1 if rounding explains it.</summary>
    public required double ObjectiveError { get; init; }

    public int Different => WithinRounding + Wrong;
}
