using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Searching.</content>
public abstract unsafe partial class IndexBinary
{
    private static readonly OptionalFunction SearchWithParameters = new(nameof(FaissNative.faiss_IndexBinary_search_with_params));

    /// <summary>Finds the k nearest vectors of every query, nearest first; where fewer are found the rest is label −1.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">How many neighbours to find, at least 1.</param>
    /// <param name="distances">Receives the Hamming distances (n × k); with label −1 the largest number.</param>
    /// <param name="labels">Receives the labels (n × k).</param>
    /// <exception cref="ArgumentException">A length does not fit, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Search(ReadOnlySpan<byte> queries, int k, Span<int> distances, Span<long> labels)
    {
        using var index = Handle.Acquire(this);
        Search(index.Pointer, queries, k, null, null, distances, labels);
    }

    /// <summary>Finds the k nearest vectors of every query as parameters say, nearest first; where fewer are found the rest is label −1.</summary>
    /// <remarks>May run at the same time as other calls that only read. On an ID map, searches that share parameters with a selector run one after the other: FAISS changes them for the length of a search.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">How many neighbours to find, at least 1.</param>
    /// <param name="parameters">How this search is done.</param>
    /// <param name="distances">Receives the Hamming distances (n × k); with label −1 the largest number.</param>
    /// <param name="labels">Receives the labels (n × k).</param>
    /// <exception cref="ArgumentException">A length does not fit, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="FaissException">This kind of index does not take parameters, or not of this kind.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public void Search(ReadOnlySpan<byte> queries, int k, SearchParameters parameters, Span<int> distances, Span<long> labels)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var index = Handle.Acquire(this);
        using var native = parameters.Handle.Acquire(parameters);
        SearchWithParameters.Require();
        if (Kind.IsIDMap && parameters.Selector is not null)
        {
            lock (parameters)
            {
                Search(index.Pointer, queries, k, parameters, native.Pointer, distances, labels);
            }
        }
        else
        {
            Search(index.Pointer, queries, k, parameters, native.Pointer, distances, labels);
        }
    }

    /// <summary>Finds the k nearest vectors of every query, nearest first; where fewer are found the rest is label −1.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="queries">One query (d / 8 bytes) or several, row-major (n × d / 8 bytes).</param>
    /// <param name="k">How many neighbours to find, at least 1.</param>
    /// <param name="parameters">How this search is done; <see langword="null"/> for as the index says.</param>
    /// <returns>Labels and Hamming distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>, or n × k is too large for an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="NotSupportedException">There are parameters, and the loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="FaissException">FAISS refused, for example the parameters.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public BinarySearchResult Search(ReadOnlySpan<byte> queries, int k, SearchParameters? parameters = null)
    {
        var size = ResultLength(queries, k);
        var distances = new int[size];
        var labels = new long[size];
        if (parameters is null)
        {
            Search(queries, k, distances, labels);
        }
        else
        {
            Search(queries, k, parameters, distances, labels);
        }

        return new BinarySearchResult(k, distances, labels);
    }

    /// <summary>Finds the labels of the k nearest vectors of every query, nearest first; −1 where fewer are found.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="labels">Receives the labels (n × k).</param>
    /// <param name="k">How many neighbours to find, at least 1.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Assign(ReadOnlySpan<byte> queries, Span<long> labels, int k = 1)
    {
        using var index = Handle.Acquire(this);
        var count = CountCodes(queries, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        VectorShape.CheckLength(labels.Length, (long)count * k, nameof(labels));
        VectorShape.CheckDisjoint<byte, long>(queries, labels, nameof(labels));
        CheckSearchable(index.Pointer, count, null);
        labels.Fill(-1);
        if (k > FaissNative.faiss_IndexBinary_ntotal(index.Pointer))
        {
            Search(index.Pointer, queries, k, null, null, new int[labels.Length], labels);
            return;
        }

        var block = QueriesPerCall(index.Pointer, k, null);
        for (var start = 0; start < count; start += block)
        {
            var rows = Math.Min(block, count - start);
            fixed (byte* x = queries[(start * CodeSize)..])
            fixed (long* label = labels[(start * k)..])
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_assign(index.Pointer, rows, x, label, k));
            }
        }
    }

    /// <summary>Finds the labels of the k nearest vectors of every query, nearest first; −1 where fewer are found.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">How many neighbours to find, at least 1.</param>
    /// <returns>The labels (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>, or n × k is too large for an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long[] Assign(ReadOnlySpan<byte> queries, int k = 1)
    {
        var labels = new long[ResultLength(queries, k)];
        Assign(queries, labels, k);
        return labels;
    }

    /// <summary>Finds all vectors nearer to a query than a radius: those with distance &lt; radius.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="radius">The radius, in bits, 0 or greater; nothing is nearer than 0.</param>
    /// <returns>The vectors found for each query, with their Hamming distances.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or more vectors were found than an array can hold.</exception>
    /// <exception cref="FaissException">This kind of index has no range search.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public BinaryRangeSearchResult RangeSearch(ReadOnlySpan<byte> queries, int radius)
    {
        using var index = Handle.Acquire(this);
        var count = CountCodes(queries, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        CheckTrained(index.Pointer);
        FaissRangeSearchResult* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchResult_new(&created, count));
        using var handle = new RangeSearchResultHandle(created);
        if (count > 0 && radius > 0 && FaissNative.faiss_IndexBinary_ntotal(index.Pointer) > 0)
        {
            CheckRangeSearchable(index.Pointer, queries);
            fixed (byte* x = queries)
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_range_search(index.Pointer, count, x, radius, created));
            }
        }

        return new RangeResult(created).ToBinaryResult();
    }

    /// <summary>What a kind of index checks before it is searched.</summary>
    private protected virtual void CheckSearchable(FaissIndexBinary* index, int count, SearchParameters? parameters) => CheckTrained(index);

    private protected virtual void CheckRangeSearchable(FaissIndexBinary* index, ReadOnlySpan<byte> queries)
    {
    }

    /// <summary>How many queries FAISS is given at a time: some kinds want memory for each.</summary>
    private protected virtual int QueriesPerCall(FaissIndexBinary* index, int k, SearchParameters? parameters) => 1 << 16;

    /// <summary>Some kinds turn the greatest float, which stands for no distance, into some integer.</summary>
    private protected static void FillUnfound(Span<int> distances, ReadOnlySpan<long> labels)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0)
            {
                distances[i] = int.MaxValue;
            }
        }
    }

    private int ResultLength(ReadOnlySpan<byte> queries, int k)
    {
        var count = CountCodes(queries, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        return VectorShape.ArrayLength(count, k, nameof(k));
    }

    private void Search(
        FaissIndexBinary* index, ReadOnlySpan<byte> queries, int k, SearchParameters? parameters, FaissSearchParameters* native, Span<int> distances, Span<long> labels)
    {
        var count = CountCodes(queries, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        VectorShape.CheckLength(distances.Length, (long)count * k, nameof(distances));
        VectorShape.CheckLength(labels.Length, (long)count * k, nameof(labels));
        VectorShape.CheckDisjoint<byte, int>(queries, distances, nameof(distances));
        VectorShape.CheckDisjoint<byte, long>(queries, labels, nameof(labels));
        VectorShape.CheckDisjoint<int, long>(distances, labels, nameof(labels));
        CheckSearchable(index, count, parameters);
        labels.Fill(-1);
        distances.Fill(int.MaxValue);

        // FAISS takes time and memory for as many neighbours as it is asked for, not for as many as there are.
        var found = (int)Math.Min(k, FaissNative.faiss_IndexBinary_ntotal(index));
        if (count == 0 || found == 0)
        {
            return;
        }

        if (found == k)
        {
            SearchBlocks(index, queries, count, k, parameters, native, distances, labels);
            return;
        }

        var (foundDistances, foundLabels) = (new int[count * found], new long[count * found]);
        SearchBlocks(index, queries, count, found, parameters, native, foundDistances, foundLabels);
        for (var i = 0; i < count; i++)
        {
            foundDistances.AsSpan(i * found, found).CopyTo(distances[(i * k)..]);
            foundLabels.AsSpan(i * found, found).CopyTo(labels[(i * k)..]);
        }
    }

    private void SearchBlocks(
        FaissIndexBinary* index, ReadOnlySpan<byte> queries, int count, int k, SearchParameters? parameters, FaissSearchParameters* native, Span<int> distances, Span<long> labels)
    {
        var block = QueriesPerCall(index, k, parameters);
        for (var start = 0; start < count; start += block)
        {
            var rows = Math.Min(block, count - start);
            fixed (byte* x = queries[(start * CodeSize)..])
            fixed (int* distance = distances[(start * k)..])
            fixed (long* label = labels[(start * k)..])
            {
                Status.ThrowIfFailed(native == null
                    ? FaissNative.faiss_IndexBinary_search(index, rows, x, k, distance, label)
                    : FaissNative.faiss_IndexBinary_search_with_params(index, rows, x, k, native, distance, label));
            }
        }

        FillUnfound(distances, labels);
    }
}
