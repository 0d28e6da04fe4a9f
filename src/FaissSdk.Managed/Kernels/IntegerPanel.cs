namespace FaissSdk;

/// <summary>Where one panel of <see cref="QuantizedCentroids"/> lies.</summary>
internal unsafe struct IntegerPanel
{
    /// <summary>One word of components after the other, each of all the panel's centroids (words × width).</summary>
    public int* Words;

    /// <summary>What the score of each starts from (width).</summary>
    public float* Starts;

    /// <summary>What is subtracted from it: what unsigned points add to each score (width).</summary>
    public int* Offsets;
}
