using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Range searches.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Finds all vectors within a radius of every query: distance below it, or inner product above it.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>: a squared distance for <see cref="MetricType.L2"/>.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is NaN, or negative where it is a distance.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, its fast-scan codes are equally far from a query, or more vectors were found than an array can hold.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails on shards of which one is empty.</exception>
    /// <exception cref="FaissException">This kind of index has no range search.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius)
    {
        using var index = Handle.Acquire(this);
        return RangeSearch(index.Pointer, queries, radius, default(SearchSelection));
    }

    private RangeSearchResult RangeSearch(NativeIndex* index, ReadOnlySpan<float> queries, float radius, SearchSelection selection)
    {
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        if (float.IsNaN(radius) || (radius < 0 && Metric != MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(radius), radius, $"A radius by {Metric} is 0 or greater.");
        }

        CheckSearchable(index);
        CheckQueries(queries, inRange: true);
        CheckRanges();
        if ((KnownDefects.FastScanRadius.IsPresent && Parts.MayHold(KnownDefects.FastScanRadius.Kinds)) || (selection.IsDefault && SquaresBadly(radius)))
        {
            return RangeSearchAmongAll(index, queries, count, radius, selection);
        }

        FaissRangeSearchResult* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchResult_new(&created, count));
        using var handle = new RangeSearchResultHandle(created, &FaissNative.faiss_RangeSearchResult_free);
        if (count > 0 && FaissNative.faiss_Index_ntotal(index) > 0)
        {
            using var call = ObservedCall.Start("search", this, count);
            fixed (float* x = queries)
            {
                using var settings = Handle.ReadSettings(ReadsSettingsTwice);
                using var one = LimitOneQuery(count);
                if (selection.IsDefault)
                {
                    Status.ThrowIfFailed(FaissNative.faiss_Index_range_search(index, count, x, NativeRadius(radius), created));
                }
                else
                {
                    selection.RangeSearch(index, count, x, NativeRadius(radius), created);
                }
            }

            call?.Succeed();
        }

        var result = Within(new RangeResult(created).ToResult(), radius);
        return MayRepeatNeighbors ? RepeatedNeighbors.Drop(result, FindSharedIds) : result;
    }

    /// <summary>Sorts all vectors that the index finds, and takes those within the radius.</summary>
    private RangeSearchResult RangeSearchAmongAll(NativeIndex* index, ReadOnlySpan<float> queries, int count, float radius, SearchSelection selection)
    {
        var held = checked((int)FaissNative.faiss_Index_ntotal(index));
        var (ids, distances) = (new long[held], new float[held]);
        var (limits, foundIds, foundDistances) = (new int[count + 1], new List<long>(), new List<float>());

        // FaissSdk's own search has no more candidates than there are vectors.
        var options = new FaissSdkSearchOptions();
        if (selection.IsDefault && ExceedsCandidates(held) && SearchParameters.OwnSearch.IsPresent)
        {
            selection = new SearchSelection(&options);
        }

        for (var query = 0; query < count; query++)
        {
            if (held > 0)
            {
                Search(index, queries.Slice(query * Dimension, Dimension), held, selection, distances, ids);
            }

            for (var i = 0; i < held && ids[i] >= 0 && (Metric.IsSimilarity() ? distances[i] > radius : distances[i] < radius); i++)
            {
                foundIds.Add(ids[i]);
                foundDistances.Add(distances[i]);
            }

            limits[query + 1] = foundIds.Count;
        }

        return new RangeSearchResult(limits, [.. foundDistances], [.. foundIds], bufferSize: 0);
    }

    /// <summary>Throws if a range search would compare with vectors of which the codes have some components only.</summary>
    private void CheckRanges()
    {
        if (KnownDefects.LostComponents.IsPresent && Parts.LosesComponentsInRanges)
        {
            throw new NotSupportedException("A range search decodes the codes, and the index encodes the first components of a vector only, one by each bit; create it with at least as many bits as components, or with a rotation.");
        }
    }

    /// <summary>Returns whether the base of a refining index would be searched within a narrower radius.</summary>
    private bool NarrowsRadius(float radius)
    {
        if (Metric != MetricType.InnerProduct || !(radius > 0) || !KnownDefects.RefinedRadius.IsPresent || !Parts.Refines)
        {
            return false;
        }

        foreach (var part in Parts.VectorParts)
        {
            if (part.IsRefine && part.Factor > 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Converts the radius to the one that FAISS compares with. One-dimensional indexes compare squared differences in range searches, and refining indexes multiply it; it is rounded so that no vector is lost.</summary>
    private float NativeRadius(float radius) =>
        MeasuresDifferences ? MathF.BitIncrement(radius * radius)
        : NarrowsRadius(radius) ? MathF.BitDecrement(radius / RadiusFactor(Parts))
        : radius;

    /// <summary>Returns by how much refining indexes multiply the radius of a range search before their base is searched.</summary>
    private static float RadiusFactor(IndexPart part)
    {
        var inner = part.Parts.FirstOrDefault(inner => inner.Role is "index" or "base");
        return (part.IsRefine ? Math.Max(1, part.Factor) : 1) * (inner is null ? 1 : RadiusFactor(inner));
    }

    /// <summary>Returns whether the square of a radius would overflow or vanish.</summary>
    private bool SquaresBadly(float radius) => MeasuresDifferences && radius is not (>= 1e-18f and <= 1e19f);

    private bool MeasuresDifferences => KnownDefects.OneDimensionalRanges.IsPresent && Parts.Innermost.IsFlat1D;

    /// <summary>Drops vectors beyond the radius, which refining indexes return, and converts squared differences back.</summary>
    private RangeSearchResult Within(RangeSearchResult found, float radius)
    {
        var squares = MeasuresDifferences;
        if (!squares && !NarrowsRadius(radius) && !(KnownDefects.RefinedRanges.IsPresent && Parts.Refines))
        {
            return found;
        }

        var (counts, ids, distances) = (new int[found.QueryCount], new List<long>(), new List<float>());
        for (var query = 0; query < counts.Length; query++)
        {
            foreach (var neighbor in found[query])
            {
                var distance = squares ? MathF.Sqrt(neighbor.Distance) : neighbor.Distance;
                if (Metric.IsSimilarity() ? distance > radius : distance < radius)
                {
                    counts[query]++;
                    ids.Add(neighbor.Id);
                    distances.Add(distance);
                }
            }
        }

        return RangeSearchResult.Create(counts, [.. ids], [.. distances]);
    }
}
