namespace FaissSdk;

/// <summary>Where one panel of <see cref="QuantizedCentroids"/> lies.</summary>
internal unsafe struct IntegerPanel
{
    /// <summary>One word of components after the other, each of all the panel's centroids (words × width).</summary>
    public int* Words;

    /// <summary>What the sum of products starts from: less what unsigned points add to it (width).</summary>
    public int* Offsets;

    /// <summary>What the sum is multiplied by (width).</summary>
    public float* Scales;

    /// <summary>What is added then, times what is the point's own (width).</summary>
    public float* Starts;

    /// <summary>The length of each centroid's integers, or more, for scores that are upper bounds (width).</summary>
    public float* Lengths;

    /// <summary>The length of what rounding changed of each, or more, for the same (width).</summary>
    public float* Roundings;
}
