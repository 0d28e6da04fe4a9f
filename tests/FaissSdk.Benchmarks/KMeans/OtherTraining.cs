namespace FaissSdk.Benchmarks;

/// <summary>The same points into as many clusters by another implementation.</summary>
/// <param name="Name">The implementation.</param>
/// <param name="Seconds">For an iteration, in each round.</param>
/// <param name="Iterations">What it did of them.</param>
/// <param name="Objective">The <see cref="ExactObjective"/> in the end.</param>
internal sealed record OtherTraining(string Name, double[] Seconds, int Iterations, double Objective);
