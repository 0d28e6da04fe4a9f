using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaissSdk.Orleans;

/// <content>Searches.</content>
public sealed partial class ShardedCollection
{
    private const int BytesPerNeighbor = sizeof(long);
    private const int BlocksAhead = 4;
    private const int Attempts = 4;
    private const double PatienceFactor = 10;

    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MinPatience = TimeSpan.FromSeconds(0.5);

    // The time for the messages to the silo and back, beyond the timeout of the shards.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Finds the k nearest vectors of every query in all shards: nearest first, the lower id first among equal distances. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>The queries of a call are split into messages of at most <see cref="VectorBlock.MaxBytes"/>.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, from 1 to 1,048,576.</param>
    /// <param name="options">The options of the search, or <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <returns>Ids and distances (n × k), and the shards that did not answer.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="queries"/> is not a multiple of the dimension, a component is NaN or infinite, or options contradict each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> or an option is out of range.</exception>
    /// <exception cref="CollectionConflictException">The collection is not sealed.</exception>
    /// <exception cref="ShardBusyException">The silos have too many calls waiting.</exception>
    /// <exception cref="ShardUnavailableException">A shard did not answer in time, and <see cref="ShardedSearchOptions.AllowPartial"/> is not set.</exception>
    /// <exception cref="ShardDamagedException">The file of a shard is missing or damaged.</exception>
    /// <exception cref="ShardStoreException">The store cannot be read, and a shard is not loaded.</exception>
    /// <exception cref="ShardVersionException">No silo has the version of FAISS that the collection was made with.</exception>
    public async Task<ShardedSearchResult> SearchAsync(ReadOnlyMemory<float> queries, int k, ShardedSearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        var rows = CheckSearch(k, options);
        VectorChecks.CheckVectors(queries.Span, Dimension, Name, nameof(queries));
        var all = new VectorBlock(queries, Dimension);
        if (all.Count <= rows)
        {
            return await SearchBlockAsync(all, k, options, cancellationToken).ConfigureAwait(false);
        }

        var (distances, ids) = (new float[checked(all.Count * k)], new long[all.Count * k]);
        var answers = new ShardedSearchResult[(all.Count + rows - 1) / rows];
        await Parallel.ForAsync(0, answers.Length, new ParallelOptions { MaxDegreeOfParallelism = BlocksAhead, CancellationToken = cancellationToken }, async (i, cancellation) =>
        {
            answers[i] = await SearchBlockAsync(all.Slice(i * rows, Math.Min(rows, all.Count - (i * rows))), k, options, cancellation).ConfigureAwait(false);
            answers[i].Result.Distances.CopyTo(distances.AsSpan(i * rows * k));
            answers[i].Result.Ids.CopyTo(ids.AsSpan(i * rows * k));
        }).ConfigureAwait(false);
        return new ShardedSearchResult(SearchResult.Create(k, distances, ids), [.. answers.SelectMany(answer => answer.Missing).DistinctBy(missing => missing.Shard)], answers.Min(answer => answer.Version));
    }

    /// <summary>Finds the k nearest vectors of blocks of queries that arrive one after the other; a few blocks are searched at a time, and answers come in the order of the blocks.</summary>
    /// <remarks>An answer does not wait for the next blocks, which are read while the caller uses it.</remarks>
    /// <param name="queries">The blocks of queries, each of at most <see cref="VectorBlock.MaxBytes"/>, like its answer.</param>
    /// <param name="k">The number of neighbors, k, from 1 to 1,048,576.</param>
    /// <param name="options">The options of the search, or <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <returns>The answer of each block.</returns>
    /// <exception cref="ArgumentException">A block has another dimension, a component that is NaN or infinite, or is too large.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> or an option is out of range.</exception>
    /// <exception cref="ShardException">The search failed, for one of the reasons of the other overload.</exception>
    public IAsyncEnumerable<ShardedSearchResult> SearchAsync(IAsyncEnumerable<VectorBlock> queries, int k, ShardedSearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return SearchBlocksAsync(queries, k, options, CheckSearch(k, options), cancellationToken);
    }

    private async IAsyncEnumerable<ShardedSearchResult> SearchBlocksAsync(IAsyncEnumerable<VectorBlock> queries, int k, ShardedSearchOptions? options, int rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var source = queries.GetAsyncEnumerator(ended.Token);
        var (underWay, next, isRead) = (new Queue<Task<ShardedSearchResult>>(), Task.FromResult(true), true);
        try
        {
            next = source.MoveNextAsync().AsTask();
            while (isRead || underWay.Count > 0)
            {
                // The source may wait for an answer before it has another block.
                if (underWay.TryPeek(out var oldest) && (!isRead || underWay.Count == BlocksAhead || await Task.WhenAny(next, oldest).ConfigureAwait(false) == oldest))
                {
                    yield return await underWay.Dequeue().ConfigureAwait(false);
                }
                else
                {
                    isRead = await next.ConfigureAwait(false);
                    if (isRead)
                    {
                        VectorChecks.CheckBlock(source.Current, Dimension, Name, rows);
                        underWay.Enqueue(SearchBlockAsync(source.Current, k, options, ended.Token));
                        next = source.MoveNextAsync().AsTask();
                    }
                }
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(underWay.Cast<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await EndAsync(source, next).ConfigureAwait(false);
        }
    }

    /// <summary>Disposes a source when it has ended its last call, which an iterator must have; one that ignores its token holds up the caller only for a short time.</summary>
    private static async Task EndAsync(IAsyncEnumerator<VectorBlock> source, Task last)
    {
        async Task DisposeAsync()
        {
            await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync().ConfigureAwait(false);
        }

        var ending = DisposeAsync();
        Transient.Observe(ending);
        if (await Task.WhenAny(ending, Task.Delay(Grace)).ConfigureAwait(false) == ending)
        {
            await ending.ConfigureAwait(false);
        }
    }

    private async Task<ShardedSearchResult> SearchBlockAsync(VectorBlock queries, int k, ShardedSearchOptions? options, CancellationToken cancellationToken)
    {
        options ??= ShardedSearchOptions.Default;
        var request = new SearchRequest { Queries = queries, K = k, Options = options, MinVersion = Math.Max(Version, Volatile.Read(ref _newestFound)) };
        var start = Stopwatch.GetTimestamp();
        var answer = await Transient.CallAsync(() => _grains.GetGrain<ICollectionSearch>(SearchKey.Of(Name)).Search(request, cancellationToken), options.Timeout + Grace, Patience(queries.Count, options), cancellationToken).ConfigureAwait(false);
        NoteVersion(answer.Version);
        NoteDuration(queries.Count, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return new ShardedSearchResult(answer.ToResult(), answer.Missing, answer.Version);
    }

    // A search that takes much longer than the previous ones is repeated through another silo.
    private TimeSpan Patience(int queries, ShardedSearchOptions options)
    {
        var (seconds, longest) = (Volatile.Read(ref _typicalSeconds[BitOperations.Log2((uint)queries)]), options.Timeout / Attempts);
        // The first searches may load the shards.
        var patience = seconds == 0 ? FirstPatience : Longer(TimeSpan.FromSeconds(seconds * PatienceFactor), MinPatience);
        return patience < longest ? patience : longest;
    }

    // The next search may reach another silo, which must not answer from an older version.
    private void NoteVersion(int version)
    {
        var newest = Volatile.Read(ref _newestFound);
        while (version > newest)
        {
            var before = Interlocked.CompareExchange(ref _newestFound, version, newest);
            newest = before == newest ? version : before;
        }
    }

    private void NoteDuration(int queries, double seconds)
    {
        ref var typical = ref _typicalSeconds[BitOperations.Log2((uint)queries)];
        Volatile.Write(ref typical, typical == 0 ? seconds : (0.9 * typical) + (0.1 * seconds));
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    /// <summary>Checks the arguments of a search, and returns the number of queries of a message.</summary>
    private int CheckSearch(int k, ShardedSearchOptions? options)
    {
        const int most = VectorBlock.MaxBytes / BytesPerNeighbor;
        if (k is < 1 or > most)
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, $"k is {k}; it must be from 1 to {most}, as the answer of a query is one message.");
        }

        options?.Check();
        var rows = Math.Min(VectorBlock.RowsOf(Dimension), VectorBlock.MaxBytes / BytesPerNeighbor / k);
        return rows > 0 ? rows : throw new NotSupportedException($"A vector of {Dimension} components is larger than a message ({VectorBlock.MaxBytes} bytes).");
    }
}
