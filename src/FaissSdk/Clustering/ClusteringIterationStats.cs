namespace FaissSdk;

/// <summary>What FAISS recorded of one iteration of a <see cref="Clustering"/>.</summary>
/// <param name="Objective">The sum of the distances (or inner products) to the nearest centroid.</param>
/// <param name="Seconds">The time since training began.</param>
/// <param name="SearchSeconds">The part of it spent assigning points.</param>
/// <param name="Imbalance">k·Σ hᵢ² / (Σ hᵢ)² over the cluster sizes hᵢ.</param>
/// <param name="Splits">How many empty clusters were refilled by splitting a larger one.</param>
public readonly record struct ClusteringIterationStats(float Objective, double Seconds, double SearchSeconds, double Imbalance, int Splits);
