namespace FaissSdk.Orleans;

/// <summary>Represents a set of ids that is sent with a search or a removal.</summary>
[GenerateSerializer]
[Immutable]
public sealed class ShardFilter
{
    [Id(0)]
    private readonly IdBlock? _ids;

    [Id(1)]
    private readonly long _start;

    [Id(2)]
    private readonly long _end;

    [Id(3)]
    private readonly bool _isInverted;

    private ShardFilter(IdBlock? ids, long start, long end, bool isInverted) => (_ids, _start, _end, _isInverted) = (ids, start, end, isInverted);

    /// <summary>Selects the given ids.</summary>
    /// <param name="ids">The ids, at most 1,048,576. They are copied.</param>
    /// <exception cref="ArgumentException">There are more ids than fit in a message.</exception>
    public static ShardFilter Ids(params ReadOnlySpan<long> ids)
    {
        const int most = VectorBlock.MaxBytes / sizeof(long);
        return ids.Length <= most
            ? new ShardFilter(new IdBlock(ids.ToArray()), 0, 0, false)
            : throw new ArgumentException($"ids has {ids.Length} elements; a message holds {most}. Use a range of ids, its complement, or several calls.", nameof(ids));
    }

    /// <summary>Selects a range of ids.</summary>
    /// <param name="start">The first id.</param>
    /// <param name="end">The exclusive end of the ids.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="end"/> is less than <paramref name="start"/>.</exception>
    public static ShardFilter Range(long start, long end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        return new ShardFilter(null, start, end, false);
    }

    /// <summary>Returns the filter that selects all other ids.</summary>
    public ShardFilter Not() => new(_ids, _start, _end, !_isInverted);

    /// <summary>Creates the selector, and adds the objects that must be disposed after the call.</summary>
    internal IDSelector CreateSelector(List<IDisposable> owned)
    {
        IDSelector selector = _ids is null ? new IDSelectorRange(_start, _end) : new IDSelectorBatch(_ids.Values.Span);
        owned.Insert(0, selector);
        if (_isInverted)
        {
            selector = new IDSelectorNot(selector);
            owned.Insert(0, selector);
        }

        return selector;
    }
}
