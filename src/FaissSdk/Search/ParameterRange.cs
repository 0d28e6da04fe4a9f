namespace FaissSdk;

/// <summary>Represents a range of a <see cref="ParameterSpace"/>.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="Values">The values of the parameter.</param>
public sealed record ParameterRange(string Name, IReadOnlyList<double> Values);
