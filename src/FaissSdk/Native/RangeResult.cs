using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Copies the result of a range search out of FAISS's memory, so that callers need not dispose it.</summary>
internal readonly unsafe ref struct RangeResult
{
    private readonly int[] _limits;
    private readonly long[] _ids;
    private readonly ReadOnlySpan<float> _distances;
    private readonly long _bufferSize;

    /// <exception cref="InvalidOperationException">More vectors were found than an array can hold.</exception>
    public RangeResult(FaissRangeSearchResult* result)
    {
        nuint* limits;
        long* ids;
        float* distances;
        FaissNative.faiss_RangeSearchResult_lims(result, &limits);
        FaissNative.faiss_RangeSearchResult_labels(result, &ids, &distances);
        var queries = checked((int)FaissNative.faiss_RangeSearchResult_nq(result));
        var total = limits[queries];
        if (total > (nuint)Array.MaxLength)
        {
            throw new InvalidOperationException($"The search found {total} vectors, and an array holds at most {Array.MaxLength}. Search for fewer queries at a time, or within a smaller radius.");
        }

        _limits = new int[queries + 1];
        for (var i = 0; i <= queries; i++)
        {
            _limits[i] = (int)limits[i];
        }

        // FAISS allocates no arrays if it finds no vectors.
        var count = (int)total;
        _ids = count == 0 ? [] : new ReadOnlySpan<long>(ids, count).ToArray();
        _distances = count == 0 ? [] : new ReadOnlySpan<float>(distances, count);
        _bufferSize = (long)FaissNative.faiss_RangeSearchResult_buffer_size(result);
    }

    public RangeSearchResult ToResult() => new(_limits, _distances.ToArray(), _ids, _bufferSize);

    public BinaryRangeSearchResult ToBinaryResult()
    {
        var distances = new int[_distances.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = (int)_distances[i];
        }

        return new BinaryRangeSearchResult(_limits, distances, _ids, _bufferSize);
    }
}
