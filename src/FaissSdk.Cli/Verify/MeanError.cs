namespace FaissSdk.Cli;

/// <summary>Represents how far the centroids of an iteration are from the means of their points.</summary>
/// <param name="Share">The largest distance of a centroid from the mean, as a share of what is tolerated: at most 1 if all centroids are near enough.</param>
/// <param name="OutOfRange">The first centroid that lies outside the range of its points, with the figures, or null.</param>
/// <param name="Farthest">The centroid of the largest share, with the figures, or null if no cluster has points.</param>
internal readonly record struct MeanError(double Share, string? OutOfRange, string? Farthest)
{
    public bool Holds => Share <= 1 && OutOfRange is null;

    /// <summary>Returns the same with the number of the iteration before the figures.</summary>
    public MeanError InIteration(int iteration) =>
        new(Share, OutOfRange is null ? null : FormattableString.Invariant($"iteration {iteration}, {OutOfRange}"), Farthest is null ? null : FormattableString.Invariant($"iteration {iteration}, {Farthest}"));

    /// <summary>Returns the larger of both shares, and the first fault of each kind.</summary>
    public MeanError Combine(MeanError later) =>
        new(Math.Max(Share, later.Share), OutOfRange ?? later.OutOfRange, later.Share > Share ? later.Farthest : Farthest);
}
