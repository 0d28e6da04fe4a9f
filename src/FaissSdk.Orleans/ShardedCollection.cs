namespace FaissSdk.Orleans;

/// <summary>Represents an index that is divided into shards, which the silos of a cluster hold. It is filled, sealed, and then searched; a change of a sealed collection creates another version of its files.</summary>
/// <remarks>An instance may be used concurrently. It always sees its own changes, and those of others once a call has found them, or after <see cref="RefreshAsync"/>.</remarks>
public sealed partial class ShardedCollection
{
    // One is built, and the next one waits.
    private const int BuildsPerSilo = 2;
    private static readonly TimeSpan ChangeRetries = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AdditionPatience = TimeSpan.FromSeconds(2);
    private readonly IGrainFactory _grains;
    // Element i is for messages of 2ⁱ to 2ⁱ⁺¹ − 1 queries.
    private readonly double[] _typicalSeconds = new double[32];
    private CollectionManifest _manifest;
    private int _newestFound;

    internal ShardedCollection(IGrainFactory grains, CollectionManifest manifest) => (_grains, _manifest) = (grains, manifest);

    /// <summary>Gets the name of the collection.</summary>
    public string Name => _manifest.Name;

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension => _manifest.Dimension;

    /// <summary>Gets the metric of the indexes.</summary>
    public MetricType Metric => _manifest.Metric;

    /// <summary>Gets the number of shards.</summary>
    public int Shards => _manifest.Shards.Length;

    /// <summary>Gets the number of replicas of each shard.</summary>
    public int Replicas => _manifest.Replicas;

    /// <summary>Gets the number of vectors, which is 0 before the collection is sealed.</summary>
    public long Count => _manifest.Shards.Sum(file => file.Count);

    /// <summary>Gets a value indicating whether the collection can be searched, and takes no more additions.</summary>
    public bool IsSealed => _manifest.IsSealed;

    /// <summary>Gets the version of the collection that this instance has seen.</summary>
    public int Version => _manifest.Version;

    private IShardRelay Relay => _grains.GetGrain<IShardRelay>(Transient.AnyWay());

    /// <summary>Adds vectors with ids. When the call ends, each is in the store once, even if silos were lost meanwhile; calls may run in parallel.</summary>
    /// <remarks>A call that failed is repeated with the same vectors and ids: what it has stored is not stored again. So vectors that are added twice with the same ids, in calls with the same content, are in the collection once.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d), of any number.</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater, each once in the collection.</param>
    /// <param name="cancellationToken">The token that ends the call; some of the vectors may have been added then.</param>
    /// <exception cref="ArgumentException">The lengths do not fit the dimension or each other, or a component is NaN or infinite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    /// <exception cref="CollectionConflictException">The collection is sealed, or another caller has begun to seal it; some of the vectors may be in it.</exception>
    /// <exception cref="ShardDamagedException">The store no longer has the collection.</exception>
    /// <exception cref="ShardStoreException">The store cannot be written.</exception>
    public async Task AddAsync(ReadOnlyMemory<float> vectors, ReadOnlyMemory<long> ids, CancellationToken cancellationToken = default)
    {
        var manifest = _manifest;
        VectorChecks.CheckVectors(vectors.Span, Dimension, Name, nameof(vectors));
        VectorChecks.CheckIds(ids.Span, vectors.Length / Dimension);
        RequireOpen(manifest);
        var blocks = ShardBlocks.Divide(vectors, ids, manifest);
        await Parallel.ForEachAsync(blocks, Parallelism(cancellationToken), async (block, cancellation) =>
        {
            // Named by its content, so that a repeated addition is stored once.
            var name = Segments.NameOf(block.Vectors, block.Ids);
            await Transient.CallAsync(
                async () =>
                {
                    await Relay.Add(KeyOf(manifest, block.Shard), name, block.Vectors, block.Ids, cancellation).ConfigureAwait(false);
                    return true;
                },
                ChangeRetries,
                AdditionPatience,
                cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        // Vectors that are stored before the collection is closed are found when its shards are built; later ones may not be.
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        RequireOpen(_manifest);
    }

    /// <summary>Builds the indexes of the shards from all vectors that were added, in parallel, so that the collection can be searched.</summary>
    /// <remarks>The collection takes no more additions from the beginning of the call. If the call fails, repeat it.</remarks>
    /// <param name="cancellationToken">The token that ends the call; the collection can be sealed by another call then.</param>
    /// <exception cref="CollectionConflictException">The collection is already sealed, or another caller has sealed it meanwhile.</exception>
    /// <exception cref="ShardDamagedException">A file of the store is missing or damaged.</exception>
    /// <exception cref="ShardStoreException">The store cannot be written.</exception>
    /// <exception cref="ShardUnavailableException">Three silos were lost, one after the other, while they were at work on the same shard: it may need more memory than a silo has.</exception>
    public async Task SealAsync(CancellationToken cancellationToken = default)
    {
        // Another caller may have sealed it, or a call of this one that failed may have closed it.
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        var manifest = _manifest;
        if (manifest.IsSealed)
        {
            throw new CollectionConflictException($"The collection '{Name}' is sealed already; search it.");
        }

        if (!manifest.IsClosed)
        {
            // Committed before the additions are listed, so that every addition either is listed or finds the collection closed.
            manifest = manifest with { Version = manifest.Version + 1, IsClosed = true };
            await CommitAsync(manifest).ConfigureAwait(false);
        }

        var files = await ForShardsAsync(manifest, Shards, (relay, key, cancellation) => relay.Seal(key, manifest, cancellation), cancellationToken).ConfigureAwait(false);
        await CommitAsync(manifest with { Version = manifest.Version + 1, IsSealed = true, Shards = files }).ConfigureAwait(false);
    }

    /// <summary>Removes vectors of a sealed collection: shards that hold some of them are rewritten, and all shards change at the same time.</summary>
    /// <param name="filter">The ids of the vectors.</param>
    /// <param name="cancellationToken">The token that ends the call; the collection does not change then.</param>
    /// <returns>The number of vectors that were removed.</returns>
    /// <exception cref="CollectionConflictException">The collection is not sealed, or was changed by another caller.</exception>
    /// <exception cref="ShardStoreException">The store cannot be written.</exception>
    /// <exception cref="ShardUnavailableException">Three silos were lost, one after the other, while they were at work on the same shard: it may need more memory than a silo has.</exception>
    public async Task<long> RemoveAsync(ShardFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var manifest = RequireSealed();
        var files = await ForShardsAsync(manifest, Shards, (relay, key, cancellation) => relay.Remove(key, manifest, filter, cancellation), cancellationToken).ConfigureAwait(false);
        var removed = manifest.Shards.Sum(file => file.Count) - files.Sum(file => file.Count);
        if (removed > 0)
        {
            await CommitAsync(manifest with { Version = manifest.Version + 1, Shards = files }).ConfigureAwait(false);
        }

        return removed;
    }

    /// <summary>Divides a sealed collection into another number of shards; the codes of its vectors do not change. Searches use the old shards until the new ones are complete; an interrupted call changes nothing.</summary>
    /// <param name="shards">The number of shards, at least 1.</param>
    /// <param name="cancellationToken">The token that ends the call; the collection does not change then.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shards"/> is out of range.</exception>
    /// <exception cref="CollectionConflictException">The collection is not sealed, or was changed by another caller.</exception>
    /// <exception cref="NotSupportedException">This kind of index can be neither divided nor merged, such as a graph.</exception>
    /// <exception cref="ShardStoreException">The store cannot be written.</exception>
    /// <exception cref="ShardUnavailableException">Three silos were lost, one after the other, while they were at work on the same shard: it may need more memory than a silo has.</exception>
    public async Task RecutAsync(int shards, CancellationToken cancellationToken = default)
    {
        FaissCluster.CheckRange(shards, 10_000, nameof(shards));
        var manifest = RequireSealed();
        var files = await ForShardsAsync(manifest, shards, (relay, key, cancellation) => relay.Cut(key, manifest, shards, cancellation), cancellationToken).ConfigureAwait(false);
        if (files.Sum(file => file.Count) != manifest.Shards.Sum(file => file.Count))
        {
            throw new ShardDamagedException($"The new shards of '{Name}' have {files.Sum(file => file.Count)} vectors instead of {manifest.Shards.Sum(file => file.Count)}; nothing was changed. Check the store.");
        }

        await CommitAsync(manifest with { Version = manifest.Version + 1, Shards = files, Division = IdDivision.Mixed }).ConfigureAwait(false);
    }

    /// <summary>Loads all replicas, so that the first searches need not wait for that.</summary>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <returns>The names of the silos that hold each replica, by shard.</returns>
    /// <exception cref="CollectionConflictException">The collection is not sealed.</exception>
    /// <exception cref="ShardDamagedException">The file of a shard is missing or damaged.</exception>
    /// <exception cref="ShardStoreException">The store cannot be read.</exception>
    /// <exception cref="ShardUnavailableException">Three silos were lost, one after the other, while they were loading the same shard: it may need more memory than a silo has.</exception>
    /// <exception cref="ShardVersionException">No silo has the version of FAISS that the collection was made with.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> LoadAsync(CancellationToken cancellationToken = default)
    {
        var manifest = RequireSealed();
        return await Task.WhenAll(manifest.Shards.Select(async file => (IReadOnlyList<string>)await Task.WhenAll(Enumerable.Range(0, manifest.Replicas)
            .Select(replica => Transient.RetryAsync(() => Relay.Load(KeyOf(manifest, file, replica), cancellationToken), ChangeRetries, cancellationToken))).ConfigureAwait(false))).ConfigureAwait(false);
    }

    /// <summary>Moves replicas to the silos on which they would be placed now: after silos have joined, or have come back. One replica of each shard moves at a time, and the others answer meanwhile.</summary>
    /// <remarks>Without this call, a shard stays where it is until its silo is lost.</remarks>
    /// <param name="cancellationToken">The token that ends the call; some of the replicas may have moved then.</param>
    /// <returns>The number of replicas that have moved.</returns>
    /// <exception cref="CollectionConflictException">The collection is not sealed.</exception>
    /// <exception cref="ShardDamagedException">The file of a shard is missing or damaged.</exception>
    /// <exception cref="ShardStoreException">The store cannot be read.</exception>
    /// <exception cref="ShardUnavailableException">Three silos were lost, one after the other, while they were loading the same shard: it may need more memory than a silo has.</exception>
    public async Task<int> RebalanceAsync(CancellationToken cancellationToken = default)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        var (manifest, moved) = (RequireSealed(), 0);
        for (var replica = 0; replica < manifest.Replicas; replica++)
        {
            var number = replica;
            await Parallel.ForEachAsync(manifest.Shards, Parallelism(cancellationToken), async (file, cancellation) =>
            {
                if (await Transient.RetryAsync(() => Relay.Move(KeyOf(manifest, file, number), cancellation), ChangeRetries, cancellation).ConfigureAwait(false))
                {
                    Interlocked.Increment(ref moved);
                }
            }).ConfigureAwait(false);
        }

        return moved;
    }

    /// <summary>Reads the newest version of the collection.</summary>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <exception cref="ShardDamagedException">The store no longer has the collection.</exception>
    /// <exception cref="ShardStoreException">The store cannot be read.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        var newest = await ReadAsync(_grains, Name, cancellationToken).ConfigureAwait(false)
            ?? throw new ShardDamagedException($"The store has no collection '{Name}' any more; restore it from a copy of the store, or create it again.");
        See(newest);
    }

    /// <summary>Deletes the files of the store that neither the newest version of the collection nor the previous one needs: old shards, files that interrupted changes left, and additions that are in sealed shards.</summary>
    /// <remarks>If there are files of a version that is not committed, it is committed without a change, so that their change cannot be any more: one that is running fails with a <see cref="CollectionConflictException"/>.</remarks>
    /// <param name="cancellationToken">The token that ends the wait for the call.</param>
    /// <returns>The number of files that were deleted.</returns>
    /// <exception cref="ShardDamagedException">The store no longer has the collection, or a file that describes it is damaged.</exception>
    /// <exception cref="ShardStoreException">The store cannot be read or written.</exception>
    public async Task<int> DeleteOldFilesAsync(CancellationToken cancellationToken = default)
    {
        var deleted = await _grains.GetGrain<ICollectionDirectory>(Name).Clean().WaitAsync(cancellationToken).ConfigureAwait(false);
        // The files may be those of another version now, which the next change follows.
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return deleted;
    }

    /// <summary>Returns the newest version of a collection, or null if there is no such collection.</summary>
    internal static Task<CollectionManifest?> ReadAsync(IGrainFactory grains, string name, CancellationToken cancellationToken) =>
        Transient.RetryAsync(() => grains.GetGrain<IShardRelay>(Transient.AnyWay()).GetManifest(name), ChangeRetries, cancellationToken);

    private static ParallelOptions Parallelism(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };

    private static string KeyOf(CollectionManifest manifest, ShardFile file, int replica) => new ShardKey(manifest.FaissVersion, replica, manifest.Replicas, file.Name).ToString();

    private static string KeyOf(CollectionManifest manifest, int shard) => new ShardKey(manifest.FaissVersion, 0, 1, $"{manifest.Name}/{shard}").ToString();

    private async Task<ShardFile[]> ForShardsAsync(CollectionManifest manifest, int shards, Func<IShardRelay, string, CancellationToken, Task<ShardFile>> call, CancellationToken cancellationToken)
    {
        var files = new ShardFile[shards];
        var silos = await Transient.RetryAsync(() => _grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true), ChangeRetries, cancellationToken).ConfigureAwait(false);
        var parallelism = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, silos.Count * BuildsPerSilo), CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, shards, parallelism, async (shard, cancellation) =>
            files[shard] = await Transient.RetryAsync(() => call(Relay, KeyOf(manifest, shard), cancellation), ChangeRetries, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        return files;
    }

    private async Task CommitAsync(CollectionManifest next)
    {
        var committed = await Transient.RetryAsync(() => Relay.Commit(next), ChangeRetries, CancellationToken.None).ConfigureAwait(false);
        See(committed);
    }

    private void See(CollectionManifest manifest)
    {
        var current = _manifest;
        while (manifest.Version > current.Version)
        {
            var before = Interlocked.CompareExchange(ref _manifest, manifest, current);
            if (before == current)
            {
                return;
            }

            current = before;
        }
    }

    private void RequireOpen(CollectionManifest manifest)
    {
        if (manifest.IsSealed || manifest.IsClosed)
        {
            throw new CollectionConflictException($"The collection '{Name}' is {(manifest.IsSealed ? "sealed" : "closed, as SealAsync was called")}; add to another collection, or create it again with all vectors.");
        }
    }

    private CollectionManifest RequireSealed() => _manifest.IsSealed
        ? _manifest
        : throw new CollectionConflictException($"The collection '{Name}' is not sealed; call SealAsync after the last addition.");
}
