namespace FaissSdk;

/// <summary>Describes one k-means iteration.</summary>
/// <param name="Redo">The redo that the iteration belongs to, counted from 0.</param>
/// <param name="Iteration">The number of the iteration within the redo, counted from 0.</param>
/// <param name="Objective">The sum over the points of the weight times the squared distance (or, spherical, the inner product) to the nearest centroid before the update, added up in the precision of <see cref="KMeansOptions.Summation"/>.</param>
/// <param name="Imbalance">k·Σ hᵢ² / (Σ hᵢ)² over the cluster sizes hᵢ: 1 if all clusters have equal sizes, k if one cluster holds all points.</param>
/// <param name="Splits">The number of empty clusters that were refilled by splitting a larger one.</param>
/// <param name="Elapsed">The time since the training began.</param>
public readonly record struct KMeansIteration(int Redo, int Iteration, float Objective, double Imbalance, int Splits, TimeSpan Elapsed);
