namespace FaissSdk;

/// <summary>Represents the quality of a range search.</summary>
/// <param name="Precision">The share of the vectors found that are within the radius.</param>
/// <param name="Recall">The share of the vectors within the radius that were found.</param>
public readonly record struct PrecisionRecall(double Precision, double Recall);
