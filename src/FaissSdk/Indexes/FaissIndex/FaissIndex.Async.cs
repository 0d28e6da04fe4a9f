using FaissSdk.Native;

namespace FaissSdk;

/// <content>Asynchronous calls. They run on threads of FaissSdk, at most one per processor, and not on those of the thread pool.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Finds the k nearest vectors of every query asynchronously, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>The memory must not change until the task has ended.</remarks>
    /// <param name="queries">One query (d) or several, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <param name="cancellationToken">The token that cancels the search, before its beginning or between blocks of queries.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, n × k is too large for an array, a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>, or the parameters are of another kind of index.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by a selector, or by these parameters, or fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="Exception">A predicate of the selector (<see cref="IDSelectorPredicate"/>) threw it.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example the parameters.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public Task<SearchResult> SearchAsync(ReadOnlyMemory<float> queries, int k, SearchParameters? parameters = null, CancellationToken cancellationToken = default) =>
        BlockingCallScheduler.Run(() => Search(queries.Span, k, parameters, cancellationToken), cancellationToken);

    /// <summary>Adds vectors asynchronously, with consecutive ids from <see cref="Count"/> on.</summary>
    /// <remarks>The memory must not change until the task has ended.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="progress">Receives the number of vectors that were added, after each block of vectors.</param>
    /// <param name="cancellationToken">The token that cancels the addition, before its beginning or between blocks of vectors.</param>
    /// <returns>The task of the addition.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a vector is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The index was loaded, and the library cannot restore what encoding needs, or it would never finish an NSG graph of these vectors.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The addition was canceled; after its beginning an <see cref="AddCanceledException"/>.</exception>
    public Task AddAsync(ReadOnlyMemory<float> vectors, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        BlockingCallScheduler.Run(() => Add(vectors.Span, progress, cancellationToken), cancellationToken);

    /// <summary>Trains the index asynchronously.</summary>
    /// <remarks>The memory must not change until the task has ended.</remarks>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <param name="cancellationToken">The token that cancels the training.</param>
    /// <returns>The task of the training.</returns>
    /// <exception cref="ArgumentException">The length is 0 or not a multiple of <see cref="Dimension"/>, or a vector is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, it is mapped from its file, or it holds vectors whose codes training would change.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example because there are too few vectors.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The training was canceled.</exception>
    public Task TrainAsync(ReadOnlyMemory<float> vectors, CancellationToken cancellationToken = default) =>
        BlockingCallScheduler.Run(() => Train(vectors.Span, cancellationToken), cancellationToken);

    /// <summary>Saves the index to a file asynchronously.</summary>
    /// <param name="path">The path of the file, which is replaced as a whole when all is written.</param>
    /// <param name="cancellationToken">The token that cancels the call before its beginning.</param>
    /// <returns>The task of the call.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty or contains a zero character.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing the file is not permitted, or it is a directory.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, and FAISS would not read this kind of index back; it considers more than 1,000 candidates per neighbor (<c>k_factor_rf</c>, <c>k_factor</c>); or the quantizer of its lists does not hold as many centroids as there are lists.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file, or is an <see cref="IndexFlat1D"/>, or a lattice that holds vectors.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index, or the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public Task SaveAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return BlockingCallScheduler.Run(() => Save(path), cancellationToken);
    }

    /// <summary>Loads an index from a file asynchronously.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="options">The options for reading the file.</param>
    /// <param name="cancellationToken">The token that cancels the call before its beginning.</param>
    /// <returns>An index of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty or contains a zero character.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading the file is not permitted, or it is a directory.</exception>
    /// <exception cref="NotSupportedException">FAISS does not find neighbors by the metric of the index; or, on Windows, the file is to be mapped or has its inverted lists in another file.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">The file is truncated or contains no index that the loaded FAISS version supports.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public static Task<FaissIndex> LoadAsync(string path, IndexReadOptions options = IndexReadOptions.None, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return BlockingCallScheduler.Run(() => Load(path, options), cancellationToken);
    }
}
