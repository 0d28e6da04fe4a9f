namespace FaissSdk.Cli;

/// <summary>What following native's centroids, iteration by iteration, found.</summary>
internal sealed record LockstepReport
{
    public required int Points { get; init; }

    /// <summary>Native's last centroids (k × d).</summary>
    public required float[] Centroids { get; init; }

    /// <summary>The clusters that each backend assigns the points to, of those (m).</summary>
    public required long[] NativeLabels { get; init; }

    public required long[] ManagedLabels { get; init; }

    public required bool StartsAlike { get; init; }

    /// <summary>The iterations, and at last the assignment to the centroids that they end with.</summary>
    public required IReadOnlyList<LockstepIteration> Iterations { get; init; }

    /// <summary>Whether native's centroids stood still before all iterations were done.</summary>
    public required bool StoodStill { get; init; }

    public required IReadOnlyList<Fault> Faults { get; init; }

    public long Compared => (long)Points * Iterations.Count;

    public long Excused => Iterations.Sum(iteration => (long)iteration.Excused);

    public long Wrong => Iterations.Sum(iteration => (long)iteration.Wrong);

    public double ShareExcused => Compared == 0 ? 0 : (double)Excused / Compared;

    /// <summary>The first iteration that assigns a point differently; −1 when none does.</summary>
    public int FirstDifferent => Iterations.Index().Where(entry => entry.Item.Different > 0).Select(entry => entry.Index).FirstOrDefault(-1);
}
