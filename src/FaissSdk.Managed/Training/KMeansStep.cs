namespace FaissSdk;

/// <summary>Represents the figures of one Lloyd iteration.</summary>
internal readonly record struct KMeansStep(float Objective, double Imbalance, int Splits);
