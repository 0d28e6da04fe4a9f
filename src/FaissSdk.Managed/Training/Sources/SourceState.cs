namespace FaissSdk;

/// <summary>Represents how far a training on a source has come.</summary>
internal sealed record SourceState
{
    /// <summary>Gets the current redo.</summary>
    public int Redo { get; init; }

    /// <summary>Gets the centroids (k × d), or null before the first iteration of the redo.</summary>
    public float[]? Centroids { get; init; }

    /// <summary>Gets the iterations of the redo.</summary>
    public IReadOnlyList<KMeansIteration> Iterations { get; init; } = [];

    public bool HasConverged { get; init; }

    /// <summary>Gets the objective of the last iteration, with the weights of the training, or NaN.</summary>
    public float Objective { get; init; } = float.NaN;

    /// <summary>Gets the last state of the best redo so far, or null.</summary>
    public SourceState? Best { get; init; }

    /// <summary>Gets the time of the last iteration, or 0 before the first one of the redo.</summary>
    public TimeSpan Elapsed => Iterations.Count == 0 ? TimeSpan.Zero : Iterations[^1].Elapsed;

    /// <summary>Returns whether the redo has ended.</summary>
    public bool HasEnded(KMeansOptions options) => Iterations.Count >= options.MaxIterations || (HasConverged && options.StopWhenConverged);

    /// <summary>Returns the state after an iteration.</summary>
    /// <param name="step">The figures of the iteration.</param>
    /// <param name="centroids">A copy of the centroids (k × d).</param>
    /// <param name="scale">The factor that converts the objective to one with the given weights.</param>
    /// <param name="elapsed">The time since the beginning of the training.</param>
    /// <param name="options">The options of the training.</param>
    public SourceState Next(LloydStep step, float[] centroids, double scale, TimeSpan elapsed, KMeansOptions options) => this with
    {
        Centroids = centroids,
        Iterations = [.. Iterations, step.ToIteration(Redo, Iterations.Count, scale, elapsed)],
        HasConverged = KMeansDriver.HasConverged(Objective, step.Objective, options),
        Objective = step.Objective,
    };

    public SourceState NextRedo() => new() { Redo = Redo + 1, Best = Best };

    /// <summary>Returns this state at the end of its redo, with the better of this state and the best so far.</summary>
    public SourceState WithBest(bool higherIsBetter) =>
        Best is null || KMeansDriver.IsBetter(Objective, Best.Objective, higherIsBetter) ? this with { Best = this with { Best = null } } : this;

    /// <summary>Returns the result of the best redo.</summary>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="mean">The mean that was subtracted from the points (d), or null.</param>
    /// <param name="pointCount">The number of points given.</param>
    /// <param name="pointsUsed">The number of points used.</param>
    /// <param name="options">The options of the training.</param>
    public KMeansResult ToResult(int dimension, float[]? mean, long pointCount, long pointsUsed, KMeansOptions options) =>
        new KMeansRedo(Best!.Centroids!, Best.Iterations, Best.Objective, Best.HasConverged)
            .ToResult(dimension, mean, KMeansBackend.Managed, ManagedCentroidAssigner.Instance, pointCount, pointsUsed, options);

    public void Save(StateWriter writer)
    {
        writer.Write(Redo);
        writer.Write<float>(Centroids);
        writer.Write(HasConverged);
        writer.Write(Objective);
        writer.Write(Iterations.Count);
        foreach (var iteration in Iterations)
        {
            writer.Write(iteration.Objective);
            writer.Write(iteration.Imbalance);
            writer.Write(iteration.Splits);
            writer.Write(iteration.Elapsed.Ticks);
        }

        writer.Write(Best is not null);
        Best?.Save(writer);
    }

    public static SourceState Load(ref StateReader reader, int components)
    {
        var (redo, centroids) = (reader.ReadInt32(), new float[components]);
        reader.Read<float>(centroids);
        var (hasConverged, objective) = (reader.ReadBoolean(), reader.ReadSingle());
        var iterations = new KMeansIteration[reader.ReadInt32()];
        for (var i = 0; i < iterations.Length; i++)
        {
            iterations[i] = new KMeansIteration(redo, i, reader.ReadSingle(), reader.ReadDouble(), reader.ReadInt32(), TimeSpan.FromTicks(reader.ReadInt64()));
        }

        var best = reader.ReadBoolean() ? Load(ref reader, components) : null;
        return new SourceState { Redo = redo, Centroids = centroids, HasConverged = hasConverged, Objective = objective, Iterations = iterations, Best = best };
    }
}
