namespace FaissSdk.Cli;

/// <summary>Represents the result of running both backends in lockstep.</summary>
internal sealed record LockstepReport
{
    /// <summary>Gets the number of points trained on, m.</summary>
    public required int Points { get; init; }

    /// <summary>Gets the final centroids of the native backend (k × d).</summary>
    public required float[] Centroids { get; init; }

    /// <summary>Gets the clusters that native assigns the points to, from <see cref="Centroids"/> (m).</summary>
    public required long[] NativeLabels { get; init; }

    /// <summary>Gets the clusters that managed assigns the points to, from <see cref="Centroids"/> (m).</summary>
    public required long[] ManagedLabels { get; init; }

    /// <summary>Gets a value indicating whether both backends choose the same initial centroids.</summary>
    public required bool StartsEqual { get; init; }

    /// <summary>Gets the iterations, followed by the assignment to the final centroids.</summary>
    public required IReadOnlyList<LockstepIteration> Iterations { get; init; }

    /// <summary>Gets a value indicating whether the native centroids stopped changing before the last iteration allowed.</summary>
    public required bool BecameStationary { get; init; }

    /// <summary>Gets how far the native centroids of any iteration are from the means of their points.</summary>
    public required MeanError NativeMeans { get; init; }

    /// <summary>Gets the same of the managed centroids, with the sums of a training.</summary>
    public required MeanError ManagedMeans { get; init; }

    public required IReadOnlyList<LockstepFault> Faults { get; init; }

    public long Compared => (long)Points * Iterations.Count;

    public long WithinRounding => Iterations.Sum(iteration => (long)iteration.WithinRounding);

    public long Wrong => Iterations.Sum(iteration => (long)iteration.Wrong);

    public double ShareWithinRounding => Compared == 0 ? 0 : (double)WithinRounding / Compared;

    /// <summary>Gets the first iteration in which native drew more often for a split than managed does; −1 if there is none.</summary>
    public int FirstLongSplit => Iterations.Index().Where(entry => entry.Item.HasLongSplit).Select(entry => entry.Index).FirstOrDefault(-1);

    /// <summary>Gets the first iteration that assigns a point differently; −1 if there is none.</summary>
    public int FirstDifferent => Iterations.Index().Where(entry => entry.Item.Different > 0).Select(entry => entry.Index).FirstOrDefault(-1);
}

/// <summary>Represents a deviation that rounding error does not explain.</summary>
/// <param name="Iteration">The iteration, from 0; −1 for the initial centroids.</param>
/// <param name="Description">The deviation with its figures.</param>
internal sealed record LockstepFault(int Iteration, string Description);
