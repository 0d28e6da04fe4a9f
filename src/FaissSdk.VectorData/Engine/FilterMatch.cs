using System.Runtime.CompilerServices;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Filters;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the records that a filter matches at one version of a collection.</summary>
internal sealed class FilterMatch
{
    private readonly ConditionalWeakTable<SealedIndex, PositionFilter> _positions = [];
    private readonly Bits _ids;
    private readonly FilterCache _cache;

    private FilterMatch(FilterCache cache, long[] sorted, Bits ids, long version)
    {
        _cache = cache;
        Sorted = sorted;
        _ids = ids;
        Version = version;
    }

    public long Version { get; }

    /// <summary>Gets the ids in ascending order.</summary>
    public long[] Sorted { get; }

    public int Count => Sorted.Length;

    public static FilterMatch Find(FilterCache cache, ReadSession session, SqlFilter filter)
    {
        var found = new List<long>();
        var ids = new Bits(session.State.LastId + 1);
        var ascending = true;
        using (var rows = session.Connection.Prepare($"SELECT faiss_id FROM {CollectionSchema.DataTable(session.State.CollectionId)} AS {DataColumn.Alias} WHERE {filter.Sql}"))
        {
            rows.BindAll(1, filter.Parameters);
            long last = 0;
            while (rows.Step())
            {
                var id = rows.GetInt64(0);
                ascending &= id > last;
                last = id;
                ids.Set(id);
                found.Add(id);
            }
        }

        if (!ascending)
        {
            found.Sort();
        }

        return new FilterMatch(cache, [.. found], ids, session.State.Version);
    }

    public bool Contains(long id) => _ids[id];

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
            foreach (var id in Sorted)
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
            var ids = index.Ids;
            for (var position = 0; position < ids.Length; position++)
            {
                if (_ids[ids[position]])
                {
                    bits.Set(position);
                    count++;
                }
            }
        }

        return new PositionFilter(bits, count);
    }
}
