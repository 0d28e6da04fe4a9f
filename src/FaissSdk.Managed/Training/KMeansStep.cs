namespace FaissSdk;

/// <summary>The figures of one Lloyd iteration.</summary>
internal readonly record struct KMeansStep(float Objective, double Imbalance, int Splits);
