namespace FaissSdk;

/// <summary>Holds the addresses of one panel of <see cref="CentroidPanels"/>.</summary>
internal unsafe struct CentroidPanel
{
    /// <summary>The components, each of all centroids of the panel (d × width).</summary>
    public float* Components;

    /// <summary>The initial value of each score: −|c|²/2, or 0 if spherical (width).</summary>
    public float* Starts;

    /// <summary>The numbers of the centroids, ascending (width).</summary>
    public int* Numbers;
}
