using System.Runtime.CompilerServices;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Filters;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the records that a filter matches at one version of a collection.</summary>
internal sealed class FilterMatch
{
    private readonly ConditionalWeakTable<SealedIndex, PositionFilter> _positions = [];
    private readonly Bits _ids;

    private FilterMatch(long[] sorted, Bits ids, long version)
    {
        Sorted = sorted;
        _ids = ids;
        Version = version;
    }

    public long Version { get; }

    /// <summary>Gets the ids in ascending order.</summary>
    public long[] Sorted { get; }

    public int Count => Sorted.Length;

    public static FilterMatch Find(ReadSession session, SqlFilter filter)
    {
        var found = new List<long>();
        var ids = new Bits(session.State.LastId + 1);
        bool ascending = true;
        using (var rows = session.Connection.Prepare($"SELECT faiss_id FROM {CollectionSchema.DataTable(session.State.CollectionId)} WHERE {filter.Sql}"))
        {
            rows.BindAll(1, filter.Parameters);
            long last = 0;
            while (rows.Step())
            {
                long id = rows.GetInt64(0);
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

        return new FilterMatch([.. found], ids, session.State.Version);
    }

    public bool Contains(long id) => _ids[id];

    /// <summary>Gets the positions of an index that the filter admits.</summary>
    public PositionFilter In(SealedIndex index) => _positions.GetValue(index, Map);

    private PositionFilter Map(SealedIndex index)
    {
        var bits = new Bits(index.Count);
        int count = 0;
        if (Count < index.Count / 32)
        {
            foreach (long id in Sorted)
            {
                int position = index.Find(id);
                if (position >= 0)
                {
                    bits.Set(position);
                    count++;
                }
            }
        }
        else
        {
            long[] ids = index.Ids;
            for (int position = 0; position < ids.Length; position++)
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
