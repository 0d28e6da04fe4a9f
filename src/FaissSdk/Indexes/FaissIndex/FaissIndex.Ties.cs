using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Queries that are equally far from all codes.</content>
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

            // A search by inner product looks for products above the least possible one.
            if (Metric == MetricType.InnerProduct && !ids.Slice(row * k, k).ContainsAnyExcept(-1)
                && (!queries.Slice(row * Dimension, Dimension).ContainsAnyExcept(0) || (findsAny && VisitsAllLists())))
            {
                throw new InvalidOperationException(
                    $"FAISS finds no vector for query {row} among fast-scan codes, since none has a greater inner product with it than the least possible one. Leave the query out (it may be 0), or use codes for ordinary scans (without fs).");
            }
        }
    }

    private bool VisitsAllLists()
    {
        foreach (var part in Parts.Holders)
        {
            if (part.HoldsLists && part.Object != 0 && FaissNative.faiss_IndexIVF_nprobe((NativeIndex*)part.Object) < FaissNative.faiss_IndexIVF_nlist((NativeIndex*)part.Object))
            {
                return false;
            }
        }

        return Parts.IsWhollyKnown;
    }
}
