namespace FaissSdk;

/// <summary>Where one panel of <see cref="QuantizedCentroids"/> lies.</summary>
internal unsafe struct QuantizedPanel
{
    /// <summary>One pair of 16-bit components after the other, each of all the panel's centroids (⌈d/2⌉ × width).</summary>
    public int* Pairs;

    /// <summary>What the score of each starts from (width).</summary>
    public float* Starts;
}
