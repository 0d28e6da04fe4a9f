namespace FaissSdk;

/// <summary>Represents the statistics of one iteration of a <see cref="Clustering"/>.</summary>
/// <param name="Objective">The sum of the distances (or inner products) to the nearest centroid.</param>
/// <param name="Seconds">The time since the training began, in seconds.</param>
/// <param name="SearchSeconds">The part of <paramref name="Seconds"/> spent assigning points.</param>
/// <param name="Imbalance">k·Σ hᵢ² / (Σ hᵢ)² over the cluster sizes hᵢ.</param>
/// <param name="Splits">The number of empty clusters refilled by splitting a larger one.</param>
public readonly record struct ClusteringIterationStats(float Objective, double Seconds, double SearchSeconds, double Imbalance, int Splits);
