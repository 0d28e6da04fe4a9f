namespace FaissSdk;

/// <summary>Represents a component of a sparse point that is not 0.</summary>
internal struct NonZero
{
    /// <summary>The place of the component in a panel of centroids: its number times the width of the panel.</summary>
    public int Offset;

    /// <summary>The component.</summary>
    public float Value;
}
