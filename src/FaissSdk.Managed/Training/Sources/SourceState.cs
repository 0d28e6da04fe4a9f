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

    public SourceState NextRedo() => new() { Redo = Redo + 1, Best = Best };

    /// <summary>Returns this state at the end of its redo, with the better of this state and the best so far.</summary>
    public SourceState WithBest(bool higherIsBetter) =>
        Best is null || KMeansDriver.IsBetter(Objective, Best.Objective, higherIsBetter) ? this with { Best = this with { Best = null } } : this;

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
