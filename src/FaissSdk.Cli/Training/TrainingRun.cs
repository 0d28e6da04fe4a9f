namespace FaissSdk.Cli;

/// <summary>Represents a finished training with every iteration of every redo.</summary>
internal sealed record TrainingRun(KMeansResult Result, IReadOnlyList<KMeansIteration> Iterations, int Redos)
{
    /// <summary>Gets the mean that was subtracted from the points (d), or null.</summary>
    public float[]? Mean => Result.Mean;

    public string Name => Result.Backend.ToString().ToLowerInvariant();

    public TimeSpan Elapsed => Iterations[^1].Elapsed;

    public int WinningRedo => Result.Iterations[0].Redo;

    /// <summary>Gets the time that an iteration of the winning redo took.</summary>
    public TimeSpan Duration(KMeansIteration iteration)
    {
        var position = Iterations.Index().First(entry => entry.Item.Redo == iteration.Redo && entry.Item.Iteration == iteration.Iteration).Index;
        return position == 0 ? iteration.Elapsed : iteration.Elapsed - Iterations[position - 1].Elapsed;
    }
}
