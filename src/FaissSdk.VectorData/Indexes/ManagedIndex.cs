namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents an exact index in managed code, for processes without the native library.</summary>
internal sealed class ManagedIndex(ManagedFlatIndex index, string factory, long[] ids, long lastId) : SealedIndex(factory, ids, lastId)
{
    public override bool IsFlat => true;

    public override bool IsExact => true;

    public override void Search(ReadOnlySpan<float> query, int k, int needed, PositionFilter? filter, bool thorough, Span<float> values, Span<long> positions) =>
        index.Search(query, k, values, positions, filter?.Filter);

    public override void Save(string path) => index.Save(path);

    protected override void Free() => index.Dispose();
}
