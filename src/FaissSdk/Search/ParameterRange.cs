namespace FaissSdk;

/// <summary>A range of a <see cref="ParameterSpace"/>.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Values">The values it can have.</param>
public sealed record ParameterRange(string Name, IReadOnlyList<double> Values);
