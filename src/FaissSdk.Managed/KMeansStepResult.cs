namespace FaissSdk;

/// <summary>Represents the outcome of one Lloyd iteration.</summary>
public sealed class KMeansStepResult
{
    private readonly float[] _centroids;
    private readonly double[] _sizes;

    internal KMeansStepResult(float[] centroids, int dimension, double[] sizes, LloydStep step)
    {
        (_centroids, Dimension, _sizes) = (centroids, dimension, sizes);
        (Objective, Imbalance, Splits) = (step.Objective, step.Imbalance, step.Splits);
    }

    /// <summary>Gets the new centroids, row-major (k × d).</summary>
    public ReadOnlySpan<float> Centroids => _centroids;

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of points of each cluster before splits, or their weight (k).</summary>
    public ReadOnlySpan<double> Sizes => _sizes;

    /// <summary>Gets the sum over the points of the weight times the squared distance (or, spherical, the inner product) to the nearest of the old centroids.</summary>
    public float Objective { get; }

    /// <summary>Gets k·Σ hᵢ² / (Σ hᵢ)² over the sizes hᵢ: 1 if all are equal, k if one cluster holds all points.</summary>
    public double Imbalance { get; }

    /// <summary>Gets the number of empty clusters that were refilled by splitting a larger one.</summary>
    public int Splits { get; }
}
