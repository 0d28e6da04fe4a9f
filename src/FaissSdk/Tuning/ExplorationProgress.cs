namespace FaissSdk;

/// <summary>Represents how far an exploration has come.</summary>
/// <param name="Done">The number of settings that were measured or left out.</param>
/// <param name="Total">The number of settings.</param>
/// <param name="Measured">The point that was measured last, or <see langword="null"/> if the setting was left out.</param>
public readonly record struct ExplorationProgress(int Done, int Total, OperatingPoint? Measured);
