namespace FaissSdk;

/// <summary>What one k-means iteration did.</summary>
/// <param name="Redo">The redo it belongs to, from 0.</param>
/// <param name="Iteration">Its number within the redo, from 0.</param>
/// <param name="Objective">The sum over the points of the squared distance (or, spherical, the inner product) to the nearest centroid before the update, added up in single precision in point order as FAISS does.</param>
/// <param name="Imbalance">k·Σ hᵢ² / (Σ hᵢ)² over the cluster sizes hᵢ: 1 when all are equal, k when one holds everything.</param>
/// <param name="Splits">How many empty clusters were refilled by splitting a larger one.</param>
/// <param name="Elapsed">The time since training began.</param>
public readonly record struct KMeansIteration(int Redo, int Iteration, float Objective, double Imbalance, int Splits, TimeSpan Elapsed);
