using System.Runtime.CompilerServices;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Calls that can be canceled, and asynchronous ones, which run on threads of FaissSdk, at most one per processor.</content>
public abstract unsafe partial class IndexBinary
{
    private const int MinQueries = 32;
    private const int MinVectors = 256;

    /// <summary>Finds the k nearest vectors of every query, nearest first, until it is canceled. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>The search is cut into blocks of queries, each of which takes about 40 ms, or of 32 queries where these take longer.</remarks>
    /// <param name="queries">One query (d / 8 bytes) or several, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <param name="cancellationToken">The token that cancels the search.</param>
    /// <returns>Ids and Hamming distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>, or n × k is too large for an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="NotSupportedException">There are parameters, and the loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example the parameters.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public BinarySearchResult Search(ReadOnlySpan<byte> queries, int k, SearchParameters? parameters, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return Search(queries, k, parameters);
        }

        // No other call changes the index between two blocks.
        using var index = Handle.Acquire(this);
        var size = ResultLength(queries, k);
        var (distances, ids) = (new int[size], new long[size]);
        var blocks = new CallBlocks(queries.Length / CodeSize, Math.Max(MinQueries, LeastQueries(parameters)), cancellationToken);
        while (blocks.Next(out var start, out var length))
        {
            var block = queries.Slice(start * CodeSize, length * CodeSize);
            var distance = distances.AsSpan(start * k, length * k);
            var id = ids.AsSpan(start * k, length * k);
            if (parameters is null)
            {
                Search(block, k, distance, id);
            }
            else
            {
                Search(block, k, parameters, distance, id);
            }
        }

        return new BinarySearchResult(k, distances, ids);
    }

    /// <summary>Finds the k nearest of the selected vectors for every query, nearest first.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">One query (d / 8 bytes) or several, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="selector">The ids to search among.</param>
    /// <returns>Ids and Hamming distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>, or n × k is too large for an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS cannot search this kind of binary index by a selector: before 1.14.0 none, later flat ones, graphs and ID maps of these.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index or the selector is disposed.</exception>
    [OverloadResolutionPriority(-1)] // A literal null means no parameters.
    public BinarySearchResult Search(ReadOnlySpan<byte> queries, int k, IDSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        SearchWithParameters.Require();

        // Binary graphs accept no other parameters than theirs.
        using var parameters = Parts.VectorParts.Any(part => part.IsGraph) ? new SearchParametersHNSW(selector) : new SearchParameters(selector);
        try
        {
            return Search(queries, k, parameters);
        }
        catch (FaissException exception) when (exception.Message.Contains("elector", StringComparison.Ordinal) || exception.Message.Contains("param", StringComparison.Ordinal))
        {
            throw new NotSupportedException($"FAISS {FaissLibrary.Info.Version} has no search of this {GetType().Name} ({Parts.Innermost.Class}) by a selector: use BFlat or BHNSW32, or search for more neighbors without a selector and drop the other ids.", exception);
        }
    }

    /// <summary>Adds vectors, with consecutive ids from <see cref="Count"/> on, until it is canceled.</summary>
    /// <remarks>The vectors are added in blocks, each of which takes about 40 ms, or of 256 vectors where these take longer; another call may use the index between two blocks.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d / 8 bytes).</param>
    /// <param name="progress">Receives the number of vectors that were added, after each block; its exceptions end the addition.</param>
    /// <param name="cancellationToken">The token that cancels the addition.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="AddCanceledException">The addition was canceled.</exception>
    public void Add(ReadOnlySpan<byte> vectors, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        CountCodes(vectors, nameof(vectors));
        var blocks = new CallBlocks(vectors.Length / CodeSize, MinVectors, cancellationToken);
        while (NextToAdd(ref blocks, cancellationToken, out var start, out var length))
        {
            Add(vectors.Slice(start * CodeSize, length * CodeSize));
            progress?.Report(start + (long)length);
        }
    }

    /// <summary>Finds all vectors nearer to a query than a radius, those with distance &lt; radius, until it is canceled.</summary>
    /// <remarks>The search is cut into blocks of queries, each of which takes about 40 ms, or of 32 queries where these take longer.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="radius">The radius, in bits, 0 or greater; nothing is nearer than 0.</param>
    /// <param name="cancellationToken">The token that cancels the search.</param>
    /// <returns>The vectors found for each query, with their Hamming distances.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or more vectors were found than an array can hold.</exception>
    /// <exception cref="FaissException">This kind of index has no range search.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public BinaryRangeSearchResult RangeSearch(ReadOnlySpan<byte> queries, int radius, CancellationToken cancellationToken)
    {
        using var index = Handle.Acquire(this);
        var count = CountCodes(queries, nameof(queries));
        if (count == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return RangeSearch(queries, radius);
        }

        var (limits, ids, distances, bufferSize) = (new int[count + 1], new List<long>(), new List<int>(), 0L);
        var blocks = new CallBlocks(count, MinQueries, cancellationToken);
        while (blocks.Next(out var start, out var length))
        {
            var found = RangeSearch(queries.Slice(start * CodeSize, length * CodeSize), radius);
            if (length == count)
            {
                return found;
            }

            if ((long)ids.Count + found.TotalCount > Array.MaxLength)
            {
                throw new InvalidOperationException($"More vectors were found than an array can hold; search by fewer queries than {count}, or within a smaller radius than {radius}.");
            }

            for (var i = 0; i < length; i++)
            {
                limits[start + i + 1] = limits[start + i] + found[i].Ids.Length;
            }

            ids.AddRange(found.Ids);
            distances.AddRange(found.Distances);
            bufferSize = found.BufferSize;
        }

        return new BinaryRangeSearchResult(limits, [.. distances], [.. ids], bufferSize);
    }

    /// <summary>Adds vectors with ids chosen by the caller, until it is canceled.</summary>
    /// <remarks>The vectors are added in blocks, each of which takes about 40 ms, or of 256 vectors where these take longer; another call may use the index between two blocks.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d / 8 bytes).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater: −1 stands for no vector in results.</param>
    /// <param name="progress">Receives the number of vectors that were added, after each block; its exceptions end the addition.</param>
    /// <param name="cancellationToken">The token that cancels the addition.</param>
    /// <exception cref="ArgumentException">The length of a span does not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="FaissException">This kind of index does not store ids (wrap it: <c>IDMap,BFlat</c>).</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="AddCanceledException">The addition was canceled.</exception>
    public void AddWithIds(ReadOnlySpan<byte> vectors, ReadOnlySpan<long> ids, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        VectorShape.CheckLength(ids.Length, CountCodes(vectors, nameof(vectors)), nameof(ids));
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
        }

        var blocks = new CallBlocks(ids.Length, MinVectors, cancellationToken);
        while (NextToAdd(ref blocks, cancellationToken, out var start, out var length))
        {
            AddWithIds(vectors.Slice(start * CodeSize, length * CodeSize), ids.Slice(start, length));
            progress?.Report(start + (long)length);
        }
    }

    /// <summary>Finds the k nearest vectors of every query asynchronously, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>The memory must not change until the task has ended.</remarks>
    /// <param name="queries">One query (d / 8 bytes) or several, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <param name="cancellationToken">The token that cancels the search, before its beginning or between blocks of queries.</param>
    /// <returns>Ids and Hamming distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>, or n × k is too large for an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="NotSupportedException">There are parameters, and the loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example the parameters.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public Task<BinarySearchResult> SearchAsync(ReadOnlyMemory<byte> queries, int k, SearchParameters? parameters = null, CancellationToken cancellationToken = default) =>
        BlockingCallScheduler.Run(() => Search(queries.Span, k, parameters, cancellationToken), cancellationToken);

    /// <summary>Adds vectors asynchronously, with consecutive ids from <see cref="Count"/> on.</summary>
    /// <remarks>The memory must not change until the task has ended.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d / 8 bytes).</param>
    /// <param name="progress">Receives the number of vectors that were added, after each block of vectors.</param>
    /// <param name="cancellationToken">The token that cancels the addition, before its beginning or between blocks of vectors.</param>
    /// <returns>The task of the addition.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The addition was canceled; after its beginning an <see cref="AddCanceledException"/>.</exception>
    public Task AddAsync(ReadOnlyMemory<byte> vectors, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        BlockingCallScheduler.Run(() => Add(vectors.Span, progress, cancellationToken), cancellationToken);

    /// <summary>Trains the index asynchronously.</summary>
    /// <remarks>The memory must not change until the task has ended.</remarks>
    /// <param name="vectors">The training vectors, row-major (n × d / 8 bytes).</param>
    /// <param name="cancellationToken">The token that cancels the training before its beginning.</param>
    /// <returns>The task of the training.</returns>
    /// <exception cref="ArgumentException">The length is 0 or not a multiple of <see cref="CodeSize"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The training was canceled.</exception>
    public Task TrainAsync(ReadOnlyMemory<byte> vectors, CancellationToken cancellationToken = default) =>
        BlockingCallScheduler.Run(() => Train(vectors.Span), cancellationToken);

    /// <summary>Saves the index to a file asynchronously.</summary>
    /// <remarks>A reader sees the old file or the whole new one, and a failure leaves the old file whole.</remarks>
    /// <param name="path">The path of the file.</param>
    /// <param name="cancellationToken">The token that cancels the call before its beginning.</param>
    /// <returns>The task of the call.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing the file is not permitted, or it is a directory.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index, or the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public Task SaveAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return BlockingCallScheduler.Run(() => Save(path), cancellationToken);
    }

    /// <summary>Reads an index from a file asynchronously.</summary>
    /// <param name="path">The file; its content is trusted.</param>
    /// <param name="options">The options for reading the file.</param>
    /// <param name="cancellationToken">The token that cancels the call before its beginning.</param>
    /// <returns>The index, of the most specific type there is for it in the loaded FAISS version.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading the file is not permitted, or it is a directory.</exception>
    /// <exception cref="NotSupportedException">On Windows, the file is to be mapped or has its inverted lists in another file.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">The file is truncated or contains no binary index that the loaded FAISS version supports.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public static Task<IndexBinary> LoadAsync(string path, IndexReadOptions options = IndexReadOptions.None, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return BlockingCallScheduler.Run(() => Load(path, options), cancellationToken);
    }

    private static bool NextToAdd(ref CallBlocks blocks, CancellationToken cancellationToken, out int start, out int length)
    {
        try
        {
            return blocks.Next(out start, out length);
        }
        catch (OperationCanceledException)
        {
            throw new AddCanceledException(blocks.Done, cancellationToken);
        }
    }
}
