namespace FaissSdk;

/// <summary>Holds the pinned arguments of one search.</summary>
internal unsafe struct SearchBuffers
{
    /// <summary>The points (n × d).</summary>
    public float* Points;

    /// <summary>The centroids (k × d).</summary>
    public float* Centroids;

    /// <summary>The |x|² of the points (n); not read if spherical.</summary>
    public float* Norms;

    /// <summary>The nearest centroids (n).</summary>
    public int* Labels;

    /// <summary>The squared distances or inner products (n).</summary>
    public float* Distances;

    /// <summary>The weights of the points (n), or null.</summary>
    public float* Weights;

    /// <summary>The number of points, n.</summary>
    public int Count;

    /// <summary>Whether scores are x·c.</summary>
    public bool Spherical;

    /// <summary>Converts a score to the distance that is returned, max(0, |x|² − 2·score), or to the inner product.</summary>
    /// <remarks>Adding 0 normalizes −0 to +0, so that equal scores give identical bits.</remarks>
    public readonly float ToDistance(int row, float score) => Spherical ? score + 0f : Math.Max(0, Norms[row] - (2 * score));
}
