using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Searching.</content>
public unsafe partial class IndexIVF
{
    /// <summary>Searches the given lists instead of those that the quantizer finds.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="lists">The lists for each query (n × p, p the lesser of <see cref="NProbe"/> and <see cref="NList"/>); −1 for none.</param>
    /// <param name="centroidDistances">The distances of each query to the centroids of those lists (n × p).</param>
    /// <param name="distances">Receives the distances (n × k).</param>
    /// <param name="ids">Receives the ids (n × k); −1 where fewer than k were found.</param>
    /// <param name="storePairs"><see langword="true"/> to return the position of each vector, list × 2³² + offset, instead of its id.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap, a query has no distances by <see cref="FaissIndex.Metric"/>, or a query is not of bytes where the index compares bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is out of range, or there is no such list.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails to do that with this kind of index.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void SearchPreassigned(
        ReadOnlySpan<float> queries, int k, ReadOnlySpan<long> lists, ReadOnlySpan<float> centroidDistances, Span<float> distances, Span<long> ids, bool storePairs = false)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        using (Handle.ReadSettings(ReadsSettingsTwice))
        {
            SearchPreassigned(index.Pointer, count, queries, k, lists, centroidDistances, distances, ids, storePairs);
        }

        if (count > 0 && MayDivideByZero)
        {
            CheckTies(queries, k, findsAny: false, distances, ids);
        }
    }

    // The caller keeps the number of probes as it is: FAISS reads as many lists of each query.
    private void SearchPreassigned(
        NativeIndex* index, int count, ReadOnlySpan<float> queries, int k, ReadOnlySpan<long> lists, ReadOnlySpan<float> centroidDistances, Span<float> distances, Span<long> ids, bool storePairs)
    {
        var probes = (long)Math.Min(FaissNative.faiss_IndexIVF_nlist(index), FaissNative.faiss_IndexIVF_nprobe(index));
        VectorShape.CheckLength(lists.Length, count * probes, nameof(lists));
        VectorShape.CheckLength(centroidDistances.Length, count * probes, nameof(centroidDistances));
        VectorShape.CheckLength(distances.Length, (long)count * k, nameof(distances));
        VectorShape.CheckLength(ids.Length, (long)count * k, nameof(ids));
        VectorShape.CheckDisjoint<float, float>(queries, distances, nameof(distances));
        VectorShape.CheckDisjoint<float, float>(centroidDistances, distances, nameof(distances));
        VectorShape.CheckDisjoint<long, float>(lists, distances, nameof(distances));
        VectorShape.CheckDisjoint<float, long>(queries, ids, nameof(ids));
        VectorShape.CheckDisjoint<float, long>(centroidDistances, ids, nameof(ids));
        VectorShape.CheckDisjoint<long, long>(lists, ids, nameof(ids));
        VectorShape.CheckDisjoint<float, long>(distances, ids, nameof(ids));
        CheckSearchable(index);
        MetricDomain.CheckQueries(Metric, queries, Dimension, inLists: true, nameof(queries), exponent: MetricArgument);
        CheckConverted(queries);
        KnownDefects.FastScanLists.ThrowIfPresent(this, "Searching preassigned lists with fast-scan lists");
        CheckLists(index, lists, minimum: -1);
        CheckResidualsHaveCentroids(index);

        ids.Fill(-1);
        distances.Fill(Metric.IsSimilarity() ? float.MinValue : float.MaxValue);
        if (count == 0)
        {
            return;
        }

        fixed (float* x = queries, centroid = centroidDistances, distance = distances)
        fixed (long* assign = lists, id = ids)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_search_preassigned(index, count, x, k, assign, centroid, distance, id, storePairs ? 1 : 0));
        }
    }

    private protected override void CheckParameters(SearchParameters parameters)
    {
        if (parameters is SearchParametersHNSW or SearchParametersRefine or SearchParametersPQ or SearchParametersRaBitQ || (parameters is not SearchParametersIVF && !SearchParameters.OwnSearch.IsPresent))
        {
            throw new ArgumentException($"Inverted lists are searched by {nameof(SearchParametersIVF)}; these are {(parameters is SearchParametersHNSW ? "of a graph" : parameters.GetType() == typeof(SearchParameters) ? "of any index" : $"{parameters.GetType().Name}")}.", nameof(parameters));
        }
    }
}
