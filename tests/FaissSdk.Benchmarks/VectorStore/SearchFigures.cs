namespace FaissSdk.Benchmarks;

/// <summary>What was measured of a kind of search.</summary>
/// <param name="Median">The median time, ms.</param>
/// <param name="P99">The time that 99 % of the searches do not exceed, ms.</param>
/// <param name="Recall">The share of the nearest records that was found; NaN where it was not compared.</param>
internal sealed record SearchFigures(double Median, double P99, double Recall);
