using System.Buffers;
using System.Numerics;
using FaissSdk.VectorData.Collections;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Finds the nearest vectors of a property: those of the sealed index and of the delta together.</summary>
internal static class VectorSearch
{
    // Reading and comparing up to this many matches takes less time than a filtered search of an index.
    private const int AlwaysScored = 1_000;

    // Reading and comparing this many candidates takes less than a millisecond.
    private const int MinCandidates = 128;

    // How many times as many vectors are searched for while all of them are equally far.
    private const int TieGrowth = 8;

    /// <summary>Finds the nearest vectors of a query.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="column">The vector property.</param>
    /// <param name="query">The query as it was given.</param>
    /// <param name="k">The number of results.</param>
    /// <param name="match">The records that a filter matches, or <see langword="null"/> to search among all.</param>
    /// <returns>The ids and scores, the nearest first.</returns>
    public static (long Id, double Score)[] Find(ReadSession session, VectorColumn column, ReadOnlySpan<float> query, int k, FilterMatch? match)
    {
        var property = session.State.Properties[column.Ordinal];
        k = (int)Math.Min(k, Math.Min(property.LiveCount, match?.Count ?? long.MaxValue));
        if (k == 0)
        {
            return [];
        }

        var prepared = new float[query.Length];
        column.Metric.Prepare(query, prepared);
        var results = new TopResults(column.Metric, k);
        if (match is not null && property.MainLiveCount > 0 && property.Main!.IsFasterPacked(k, match.Count) && match.Pack(session, column) is { } packed)
        {
            packed.Search(prepared, k, results);
            return results.ToArray();
        }

        property.Delta.Search(prepared, property.DeltaCount, property.DeltaDead, match is null ? null : match.Contains, results);
        if (property.Main is { } main && property.MainLiveCount > 0)
        {
            SearchMain(session, column, main, property, prepared, k, match, results);
        }

        return results.ToArray();
    }

    private static void SearchMain(ReadSession session, VectorColumn column, SealedIndex main, PropertyState property, float[] query, int k, FilterMatch? match, TopResults results)
    {
        if (match is not null && !main.IsFlat && match.Count <= AlwaysScored)
        {
            Score(session, column, query, match.Ids, main, results);
            return;
        }

        var filter = match?.In(main) ?? property.Live;
        var admitted = filter?.Count ?? main.Count;
        var wanted = Math.Min(k, admitted);
        if (wanted == 0)
        {
            return;
        }

        // If few vectors are admitted, or many are requested, an approximate search must visit most of the index to find them all.
        var exactly = !main.IsFlat && (wanted > admitted / 4 || main.IsFasterExactly(wanted, admitted));
        if (!exactly && (TrySearch(thorough: false) || (!main.IsFlat && TrySearch(thorough: true))))
        {
            return;
        }

        if (TryExactly(main, query, wanted, filter, results))
        {
            return;
        }

        // Without the vectors in memory, an index is faster than reading more than a hundredth from the database.
        if (exactly && admitted > main.Count / 100 && wanted <= admitted / 4 && (TrySearch(thorough: false) || TrySearch(thorough: true)))
        {
            return;
        }

        Score(session, column, query, filter is null ? main.Ids : main.Ids.Where((_, position) => filter.Bits[position]), main, results);

        bool TrySearch(bool thorough) => main is { IsExact: true, IsFlat: true } ? TrySearchFlat(main, query, wanted, filter, results)
            : main.IsExact ? VectorSearch.TrySearch(main, query, wanted, filter, thorough, results)
            : TryScore(session, column, main, query, wanted, filter, thorough, results);
    }

    private static bool TrySearch(SealedIndex main, float[] query, int k, PositionFilter? filter, bool thorough, TopResults results) =>
        TryOffer(main, k, results, (values, positions) =>
        {
            main.Search(query, k, k, filter, thorough, values, positions);
            return true;
        });

    // Of the vectors at the distance of the last result, FAISS finds any, and others for another k. All of them are offered, so that their ids
    // decide, and pages neither repeat nor omit records.
    private static bool TrySearchFlat(SealedIndex main, float[] query, int k, PositionFilter? filter, TopResults results)
    {
        var admitted = filter?.Count ?? main.Count;
        for (var count = (int)Math.Min(k + 1L, admitted); ; count = (int)Math.Min(TieGrowth * (long)count, admitted))
        {
            var values = ArrayPool<float>.Shared.Rent(count);
            var positions = ArrayPool<long>.Shared.Rent(count);
            try
            {
                main.Search(query, count, count, filter, thorough: false, values.AsSpan(0, count), positions.AsSpan(0, count));
                var found = positions.AsSpan(0, count).IndexOf(-1) is var end and >= 0 ? end : count;
                if (found < k)
                {
                    return false;
                }

                if (found < admitted && found == count && values[count - 1] == values[k - 1])
                {
                    continue;
                }

                for (var i = 0; i < found; i++)
                {
                    results.Offer(values[i], main.Ids[positions[i]]);
                }

                return true;
            }
            finally
            {
                ArrayPool<float>.Shared.Return(values);
                ArrayPool<long>.Shared.Return(positions);
            }
        }
    }

    // Codes rank vectors differently from the vectors themselves. So the candidates are compared again by their vectors, and their scores
    // agree with those of other searches and of vectors outside the index. Their number is a power of two, which most pages share.
    private static bool TryScore(ReadSession session, VectorColumn column, SealedIndex main, float[] query, int k, PositionFilter? filter, bool thorough, TopResults results)
    {
        var depth = (int)Math.Min(Math.Max(MinCandidates, BitOperations.RoundUpToPowerOf2(2UL * (uint)k)), (ulong)(filter?.Count ?? main.Count));
        var values = ArrayPool<float>.Shared.Rent(depth);
        var positions = ArrayPool<long>.Shared.Rent(depth);
        try
        {
            main.Search(query, depth, k, filter, thorough, values.AsSpan(0, depth), positions.AsSpan(0, depth));
            var found = positions.AsSpan(0, depth).IndexOf(-1) is var end and >= 0 ? end : depth;
            if (found < k)
            {
                return false;
            }

            Score(session, column, query, positions.Take(found).Select(position => main.Ids[position]), main, results);
            return true;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
            ArrayPool<long>.Shared.Return(positions);
        }
    }

    private static bool TryExactly(SealedIndex main, float[] query, int k, PositionFilter? filter, TopResults results) =>
        TryOffer(main, k, results, (values, positions) => main.TrySearchExactly(query, k, filter, values, positions));

    private delegate bool Searcher(Span<float> values, Span<long> positions);

    // Offers the results of a search, unless it finds fewer than k.
    private static bool TryOffer(SealedIndex main, int k, TopResults results, Searcher search)
    {
        var values = ArrayPool<float>.Shared.Rent(k);
        var positions = ArrayPool<long>.Shared.Rent(k);
        try
        {
            if (!search(values.AsSpan(0, k), positions.AsSpan(0, k)) || positions.AsSpan(0, k).Contains(-1))
            {
                return false;
            }

            for (var i = 0; i < k; i++)
            {
                results.Offer(values[i], main.Ids[positions[i]]);
            }

            return true;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
            ArrayPool<long>.Shared.Return(positions);
        }
    }

    // Compares with the vectors in the database.
    private static void Score(ReadSession session, VectorColumn column, float[] query, IEnumerable<long> ids, SealedIndex main, TopResults results)
    {
        using var find = session.Connection.Prepare($"SELECT vector FROM {CollectionSchema.VectorTable(session.State.CollectionId, column.Ordinal)} WHERE faiss_id = ?");
        var scratch = new float[query.Length];
        foreach (var id in ids)
        {
            // Later ids are in the delta.
            if (id <= main.LastId && find.Bind(1, id).Step())
            {
                results.Offer(column.Metric.CompareStored(query, find.GetVector(0), scratch), id);
            }

            find.Reset();
        }
    }
}
