using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Guards of fast-scan searches against ties, and of inverted lists that a search visits twice.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Gets a value indicating whether a search divides by the span of the distances between the query and all codes.</summary>
    private protected bool MayDivideByZero => Parts.ScansFast && KnownDefects.FastScanOfTies.IsPresent;

    /// <summary>Throws if a fast-scan search has divided by 0, or has found nothing by inner product though there are vectors.</summary>
    /// <param name="queries">The queries (n × d).</param>
    /// <param name="k">The number of neighbors, k.</param>
    /// <param name="findsAny">Whether the search was free to find any vector in the lists that it visited.</param>
    /// <param name="distances">The distances found (n × k).</param>
    /// <param name="ids">The ids found (n × k).</param>
    /// <exception cref="InvalidOperationException">A query is equally far from all codes.</exception>
    private protected void CheckTies(ReadOnlySpan<float> queries, int k, bool findsAny, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids)
    {
        for (var row = 0; row < ids.Length / k; row++)
        {
            var isNaN = false;
            foreach (var distance in distances.Slice(row * k, k))
            {
                isNaN |= float.IsNaN(distance);
            }

            if (isNaN)
            {
                throw new InvalidOperationException(
                    $"The fast-scan codes of the vectors are equally far from query {row}, and FAISS divides by the difference: it does not find the nearest. Leave the query out (it may be 0), and train the index on vectors that differ.");
            }

            // A search by inner product returns only vectors whose product exceeds the least possible one.
            if (Metric == MetricType.InnerProduct && !ids.Slice(row * k, k).ContainsAnyExcept(-1)
                && (!queries.Slice(row * Dimension, Dimension).ContainsAnyExcept(0) || (findsAny && VisitsAllLists())))
            {
                throw new InvalidOperationException(
                    $"FAISS finds no vector for query {row} among fast-scan codes, since none has a greater inner product with it than the least possible one. Leave the query out (it may be 0), or use codes for ordinary scans (without fs).");
            }
        }
    }

    /// <summary>Gets a value indicating whether a search may visit an inverted list twice.</summary>
    private protected bool MayRepeatNeighbors => Parts.RepeatsNeighbors && KnownDefects.ListsFoundTwice.IsPresent;

    /// <summary>Returns the ids that stand for several vectors, where the index shows them.</summary>
    private protected virtual HashSet<long> FindSharedIds() => [];

    private float NoNeighbor => Metric.IsSimilarity() ? float.MinValue : float.MaxValue;

    /// <summary>Replaces vectors that were found twice by those that follow.</summary>
    private void ReplaceRepeated(NativeIndex* index, ReadOnlySpan<float> queries, int k, SearchSelection selection, Span<float> distances, Span<long> ids)
    {
        var most = FaissNative.faiss_Index_ntotal(index);
        HashSet<long>? sharedIds = null;
        for (var row = 0; row < ids.Length / k; row++)
        {
            var distance = distances.Slice(row * k, k);
            var id = ids.Slice(row * k, k);
            if (!RepeatedNeighbors.Any(distance, id))
            {
                continue;
            }

            sharedIds ??= FindSharedIds();
            var found = RepeatedNeighbors.Drop(distance, id, NoNeighbor, sharedIds);
            for (long wanted = k; found < k && wanted < most;)
            {
                wanted = Math.Min(2 * wanted, most);
                var (more, moreIds) = (new float[wanted], new long[wanted]);
                Array.Fill(more, NoNeighbor);
                Array.Fill(moreIds, -1);
                SearchNatively(index, queries.Slice(row * Dimension, Dimension), 1, (int)wanted, selection, more, moreIds);
                found = RepeatedNeighbors.Drop(more, moreIds, NoNeighbor, sharedIds);
                more.AsSpan(0, k).CopyTo(distance);
                moreIds.AsSpan(0, k).CopyTo(id);
            }
        }
    }

    /// <summary>Removes vectors that were found twice, and what belongs to them (n × k × width).</summary>
    private void DropRepeated<T>(int k, Span<float> distances, Span<long> ids, Span<T> items, int width)
    {
        HashSet<long>? sharedIds = null;
        for (var row = 0; MayRepeatNeighbors && row < ids.Length / k; row++)
        {
            var distance = distances.Slice(row * k, k);
            var id = ids.Slice(row * k, k);
            if (RepeatedNeighbors.Any(distance, id))
            {
                RepeatedNeighbors.Drop(distance, id, NoNeighbor, sharedIds ??= FindSharedIds(), items.Slice(row * k * width, k * width), width);
            }
        }
    }

    private bool VisitsAllLists()
    {
        foreach (var part in Parts.VectorParts)
        {
            if (part.HoldsLists && part.Object != 0 && FaissNative.faiss_IndexIVF_nprobe((NativeIndex*)part.Object) < FaissNative.faiss_IndexIVF_nlist((NativeIndex*)part.Object))
            {
                return false;
            }
        }

        return Parts.IsWhollyKnown;
    }
}
