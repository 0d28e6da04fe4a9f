namespace FaissSdk;

/// <summary>Contains the ids of a list.</summary>
internal sealed class IdListFilter : IdFilter
{
    private readonly HashSet<long> _set;

    public IdListFilter(ReadOnlySpan<long> ids)
    {
        Ids = ids.ToArray();
        _set = [.. Ids];
    }

    public long[] Ids { get; }

    public override bool Contains(long id) => _set.Contains(id);
}

/// <summary>Contains the ids of a range.</summary>
internal sealed class IdRangeFilter(long start, long end) : IdFilter
{
    public long Start { get; } = start;

    public long End { get; } = end;

    public override bool Contains(long id) => id >= Start && id < End;
}

/// <summary>Contains the ids whose bit is set.</summary>
internal sealed class IdBitmapFilter(byte[] bitmap) : IdFilter
{
    public byte[] Bitmap { get; } = bitmap;

    public override bool Contains(long id) => id >= 0 && id >> 3 < Bitmap.Length && ((Bitmap[id >> 3] >> (int)(id & 7)) & 1) != 0;
}

/// <summary>Contains the ids for which a function returns true.</summary>
internal sealed class IdPredicateFilter(Func<long, bool> predicate) : IdFilter
{
    public Func<long, bool> Predicate { get; } = predicate;

    public override bool Contains(long id) => Predicate(id);
}
