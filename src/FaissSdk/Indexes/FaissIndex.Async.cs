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
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public Task<SearchResult> SearchAsync(ReadOnlyMemory<float> queries, int k, SearchParameters? parameters = null, CancellationToken cancellationToken = default) =>
        BlockingCallScheduler.Run(() => Search(queries.Span, k, parameters, cancellationToken), cancellationToken);

    /// <summary>Adds vectors asynchronously, with consecutive ids from <see cref="Count"/> on.</summary>
    /// <remarks>The memory must not change until the task has ended.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="progress">Receives the number of vectors that were added, after each block of vectors.</param>
    /// <param name="cancellationToken">The token that cancels the addition, before its beginning or between blocks of vectors.</param>
    /// <returns>The task of the addition.</returns>
    /// <exception cref="OperationCanceledException">The addition was canceled; after its beginning an <see cref="AddCanceledException"/>.</exception>
    public Task AddAsync(ReadOnlyMemory<float> vectors, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        BlockingCallScheduler.Run(() => Add(vectors.Span, progress, cancellationToken), cancellationToken);

    /// <summary>Trains the index asynchronously.</summary>
    /// <remarks>The memory must not change until the task has ended.</remarks>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <param name="cancellationToken">The token that cancels the training.</param>
    /// <returns>The task of the training.</returns>
    /// <exception cref="OperationCanceledException">The training was canceled.</exception>
    public Task TrainAsync(ReadOnlyMemory<float> vectors, CancellationToken cancellationToken = default) =>
        BlockingCallScheduler.Run(() => Train(vectors.Span, cancellationToken), cancellationToken);

    /// <summary>Saves the index to a file asynchronously.</summary>
    /// <param name="path">The path of the file, which is replaced as a whole when all is written.</param>
    /// <param name="cancellationToken">The token that cancels the call before its beginning.</param>
    /// <returns>The task of the call.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty or contains a zero character.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public Task SaveAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return BlockingCallScheduler.Run(() => Save(path), cancellationToken);
    }

    /// <summary>Loads an index from a file asynchronously.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="options">How the file is read.</param>
    /// <param name="cancellationToken">The token that cancels the call before its beginning.</param>
    /// <returns>An index of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty or contains a zero character.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public static Task<FaissIndex> LoadAsync(string path, IndexReadOptions options = IndexReadOptions.None, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return BlockingCallScheduler.Run(() => Load(path, options), cancellationToken);
    }
}
