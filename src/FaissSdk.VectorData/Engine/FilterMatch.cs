using System.Runtime.CompilerServices;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Filters;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the records that a filter matches at one version of a collection.</summary>
internal sealed class FilterMatch
{
    private const int BitsPerId = 64;
    private const long FewIds = 8 << 20;

    private readonly ConditionalWeakTable<SealedIndex, PositionFilter> _positions = [];
    // One of them at least.
    private readonly Bits? _ids;
    private readonly long[]? _sorted;
    private readonly FilterCache _cache;

    private FilterMatch(FilterCache cache, long[]? sorted, int count, Bits? ids, CollectionState state)
    {
        _cache = cache;
        _sorted = sorted;
        _ids = ids;
        Count = count;
        Version = state.Version;
        Opening = state.Opening;
        // Each vector property adds the positions of its index, here and as FAISS reads them.
        Bytes = (ids?.ByteCount ?? 0) + ((sorted?.Length ?? 0) * sizeof(long)) + (2 * state.Properties.Sum(property => (long)(property.Main?.Count ?? 0) / 8));
    }

    public long Version { get; }

    /// <summary>Gets the number of the opening of the collection whose versions are counted.</summary>
    public long Opening { get; }

    public int Count { get; }

    /// <summary>Gets the memory that the match takes at most, without packed vectors.</summary>
    public long Bytes { get; }

    /// <summary>Gets the ids in ascending order.</summary>
    public IEnumerable<long> Ids => _sorted ?? _ids!.Positions();

    public static FilterMatch Find(FilterCache cache, ReadSession session, SqlFilter filter)
    {
        // A list of more would take more memory than the bits of all ids. No id is used again, so that those of replaced records outnumber the
        // others in time; then there are fewer records than that.
        var last = session.State.LastId;
        var isSparse = last > FewIds && last / BitsPerId > session.State.Properties.Max(property => property.LiveCount);
        var most = isSparse ? int.MaxValue : last / BitsPerId;
        var found = new List<long>();
        var ids = isSparse ? null : new Bits(last + 1);
        var count = 0;
        using (var rows = session.Connection.Prepare($"SELECT faiss_id FROM {CollectionSchema.DataTable(session.State.CollectionId)} AS {DataColumn.Alias} WHERE {filter.Sql}"))
        {
            rows.BindAll(1, filter.Parameters);
            while (rows.Step())
            {
                var id = rows.GetInt64(0);
                ids?.Set(id);
                if (count++ < most)
                {
                    found.Add(id);
                }
            }
        }

        found.Sort();
        return new FilterMatch(cache, count <= most ? [.. found] : null, count, ids, session.State);
    }

    public bool Contains(long id) => _ids is { } bits ? bits[id] : Array.BinarySearch(_sorted!, id) >= 0;

    /// <summary>Gets or sets a value indicating whether a search has found the match in the cache.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>Gets or sets the vectors of the matches by the ordinal of their property; the dictionary is replaced, never changed.</summary>
    public IReadOnlyDictionary<int, PackedMatches> Packed { get; set; } = new Dictionary<int, PackedMatches>();

    /// <summary>Admits one search at a time to pack the vectors.</summary>
    public Lock Packing { get; } = new();

    /// <summary>Gets the vectors of the matches side by side, or null if they are not worth their memory.</summary>
    public PackedMatches? Pack(ReadSession session, VectorColumn column) => _cache.Pack(session, column, this);

    /// <summary>Gets the positions of an index that the filter admits.</summary>
    public PositionFilter In(SealedIndex index) => _positions.GetValue(index, Map);

    private PositionFilter Map(SealedIndex index)
    {
        var bits = new Bits(index.Count);
        var count = 0;
        if (Count < index.Count / 32)
        {
            foreach (var id in Ids)
            {
                var position = index.Find(id);
                if (position >= 0)
                {
                    bits.Set(position);
                    count++;
                }
            }
        }
        else
        {
            // Both sequences ascend.
            var ids = index.Ids;
            for (int position = 0, next = 0; position < ids.Length; position++)
            {
                var id = ids[position];
                while (_ids is null && next < Count && _sorted![next] < id)
                {
                    next++;
                }

                if (_ids is null ? next < Count && _sorted![next] == id : _ids[id])
                {
                    bits.Set(position);
                    count++;
                }
            }
        }

        return new PositionFilter(bits, count);
    }
}
