namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the positions of a sealed index that a search may find, made once for all searches that repeat it.</summary>
internal sealed class PositionFilter(Bits bits, int count)
{
    private IDSelector? _selector;
    private IdFilter? _filter;

    public Bits Bits => bits;

    /// <summary>Gets the number of positions.</summary>
    public int Count => count;

    // Two threads may create one each; the finalizer frees the one that is not kept.
    public IDSelector Selector => _selector ??= new IDSelectorBitmap(bits.Bytes);

    public IdFilter Filter => _filter ??= IdFilter.FromBitmap(bits.Bytes);
}
