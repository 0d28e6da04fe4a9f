namespace FaissSdk.Benchmarks;

/// <summary>Represents a training of the same points into the same number of clusters by another implementation.</summary>
/// <param name="Name">The implementation.</param>
/// <param name="Seconds">The seconds per iteration, for each round.</param>
/// <param name="Iterations">The number of iterations run.</param>
/// <param name="Objective">The final <see cref="ExactObjective"/>.</param>
internal sealed record OtherTraining(string Name, double[] Seconds, int Iterations, double Objective);
