namespace FaissSdk;

/// <summary>Where one of <see cref="CentroidPanels"/> lies.</summary>
internal unsafe struct CentroidPanel
{
    /// <summary>One component after the other, each of all the panel's centroids (d × width).</summary>
    public float* Components;

    /// <summary>−|c|²/2, or 0, of each (width).</summary>
    public float* Starts;

    /// <summary>Their numbers, ascending (width).</summary>
    public int* Numbers;
}
