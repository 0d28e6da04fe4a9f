namespace FaissSdk.Cli;

/// <summary>What two correct backends would not do, and when.</summary>
/// <param name="Iteration">The iteration, 0 for the first; −1 for the start.</param>
/// <param name="What">What was seen, with the figures.</param>
internal sealed record Fault(int Iteration, string What);
