namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the positions of a sealed index that a search may find, made once for all searches that repeat it.</summary>
internal sealed class PositionFilter(Bits bits, int count)
{
    private IDSelector? _selector;
    private IdFilter? _filter;

    public Bits Bits => bits;

    /// <summary>Gets the number of positions.</summary>
    public int Count => count;

    // A race makes two of them, of which one is finalized.
    public IDSelector Selector => _selector ??= new IDSelectorBitmap(bits.Bytes);

    public IdFilter Filter => _filter ??= IdFilter.FromBitmap(bits.Bytes);
}
