using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Codes of the vectors that a search finds.</content>
public abstract unsafe partial class FaissIndex
{
    private static readonly OptionalFunction SearchAndGetCodesFunction = new(nameof(FaissNative.faiss_sdk_search_and_get_codes), "Searching for codes");

    /// <summary>Finds the k nearest vectors of every query, and returns their codes as <see cref="Encode(ReadOnlySpan{float})"/> writes them; <see cref="Decode(ReadOnlySpan{byte})"/> decodes them (FAISS: <c>search_and_return_codes</c>).</summary>
    /// <remarks>May run concurrently with other calls that only read. For inverted lists and indexes of codes, also within transforms; inverted lists need no direct map.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="codes">The codes (n × k × <see cref="CodeSize"/> bytes), bytes of 255 where fewer than k were found.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, n × k × <see cref="CodeSize"/> is more than an array can hold, or a query has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The codes of this kind of index are not found by a search, such as those of fast-scan lists, or the library is not from a FaissSdk package.</exception>
    /// <exception cref="FaissException">This kind of index does not encode.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public SearchResult SearchAndGetCodes(ReadOnlySpan<float> queries, int k, out byte[] codes)
    {
        using var index = Handle.Acquire(this);
        var size = VectorShape.ResultLength(queries, Dimension, k, nameof(queries));
        var (distances, ids) = (new float[size], new long[size]);
        CheckSearch(index.Pointer, queries, queries.Length / Dimension, k, distances, ids);
        if (!FindsCodes)
        {
            throw new NotSupportedException($"A search of this {GetType().Name} finds no codes: search it, and call {nameof(Encode)} for the vectors, or use Flat, SQ8, PQ16 or inverted lists of them.");
        }

        SearchAndGetCodesFunction.Require();
        var length = CodeSizeOf(index.Pointer);
        codes = new byte[VectorShape.ArrayLength(size, length, nameof(k))];
        Array.Fill(ids, -1);
        Array.Fill(distances, NoNeighbor);

        // FAISS takes time and memory in proportion to k, even if the index holds fewer vectors.
        var found = (int)Math.Min(k, FaissNative.faiss_Index_ntotal(index.Pointer));
        var count = queries.Length / Dimension;
        var block = found < k ? 1 : QueriesToReconstruct;
        using var call = ObservedCall.Start("search", this, count, k);
        for (var start = 0; start < count && found > 0; start += block)
        {
            var (rows, from) = (Math.Min(block, count - start), start * k);
            fixed (float* x = queries, distance = distances)
            fixed (long* id = ids)
            fixed (byte* code = codes)
            {
                using var settings = Handle.ReadSettings(ReadsSettingsTwice);
                using var one = LimitOneQuery(rows);
                Status.ThrowIfFailed(FaissNative.faiss_sdk_search_and_get_codes(index.Pointer, rows, x + ((long)start * Dimension), found, distance + from, id + from, code + ((long)from * length)));
            }
        }

        DropFarthest(found, distances, ids);
        DropRepeated<byte>(k, distances, ids, codes, length);
        for (var i = 0; i < size; i++)
        {
            if (ids[i] < 0)
            {
                codes.AsSpan(i * length, length).Fill(byte.MaxValue);
            }
        }

        call?.Succeed();
        return new SearchResult(k, distances, ids);
    }

    /// <summary>Gets a value indicating whether a search finds vectors whose codes stand alone.</summary>
    private bool FindsCodes
    {
        get
        {
            var inner = Parts.Innermost;
            return inner.HoldsLists
                ? ReconstructsWhatItFinds && !inner.RefinesByPosition && !inner.Class.Contains("Panorama", StringComparison.Ordinal)
                : inner.Class is "IndexFlat" or "IndexFlatL2" or "IndexFlatIP" or "IndexScalarQuantizer" or "IndexPQ" or "IndexLSH" or "IndexRaBitQ"
                    or "IndexResidualQuantizer" or "IndexLocalSearchQuantizer" or "IndexProductResidualQuantizer" or "IndexProductLocalSearchQuantizer";
        }
    }
}
