namespace FaissSdk.Orleans;

/// <summary>Represents points in parts that the silos of a cluster hold: the points of part 0 in the order in which they were appended, then those of part 1, and so on.</summary>
public sealed class PointSet
{
    private static readonly TimeSpan Retries = TimeSpan.FromSeconds(30);
    private readonly IGrainFactory _grains;
    private readonly int[] _appended;
    private PointSetManifest _manifest;

    internal PointSet(IGrainFactory grains, PointSetManifest manifest) => (_grains, _manifest, _appended) = (grains, manifest, new int[manifest.Parts.Length]);

    /// <summary>Gets the name of the set.</summary>
    public string Name => _manifest.Name;

    /// <summary>Gets the number of components of a point, d.</summary>
    public int Dimension => _manifest.Dimension;

    /// <summary>Gets the number of parts.</summary>
    public int Parts => _manifest.Parts.Length;

    /// <summary>Gets the number of points, n, which is 0 before the set is sealed.</summary>
    public long Count => _manifest.Parts.Sum(part => part.Count);

    /// <summary>Gets a value indicating whether the set can be trained on, and takes no more points.</summary>
    public bool IsSealed => _manifest.IsSealed;

    private IPartRelay Relay => _grains.GetGrain<IPartRelay>(Transient.AnyWay());

    /// <summary>Appends points to a part. Different parts may be filled in parallel, by different processes; one part by one caller, in order.</summary>
    /// <remarks>A call that failed is repeated with the same points, before any others are appended to the part: what it has stored is not stored again.</remarks>
    /// <param name="part">The number of the part, from 0.</param>
    /// <param name="points">The points, row-major (n × d), finite, of any number.</param>
    /// <param name="cancellationToken">The token that ends the call; some of the points may have been appended then.</param>
    /// <exception cref="ArgumentException">The length does not fit the dimension, or a component is NaN or infinite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="part"/> is not the number of a part.</exception>
    /// <exception cref="CollectionConflictException">The set is sealed or being sealed, or another caller, or a call that failed, has appended other points to the part.</exception>
    /// <exception cref="ShardDamagedException">The store no longer has the set.</exception>
    /// <exception cref="ShardStoreException">The store cannot be written.</exception>
    public async Task AppendAsync(int part, ReadOnlyMemory<float> points, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, Parts);
        VectorChecks.CheckVectors(points.Span, Dimension, Name, nameof(points));
        RequireOpen(_manifest);
        var (block, rows) = (new VectorBlock(points, Dimension), Math.Max(1, VectorBlock.RowsOf(Dimension) / 2));
        var number = _appended[part];
        for (var start = 0; start < block.Count; start += rows)
        {
            var (piece, own) = (block.Slice(start, Math.Min(rows, block.Count - start)), number++);
            await Transient.RetryAsync(() => Relay.Append(KeyOf(part), own, piece), Retries, cancellationToken).ConfigureAwait(false);
        }

        // Points that are stored before the set is closed are counted when it is sealed; later ones may not be.
        RequireOpen(await Transient.RetryAsync(() => _grains.GetGrain<IPointSetDirectory>(Name).Get(), Retries, cancellationToken).ConfigureAwait(false)
            ?? throw new ShardDamagedException($"The store has no points '{Name}' any more; restore them from a copy of the store, or store them again."));
        // After all that can fail, so that a repeated call writes the same pieces under the same numbers.
        _appended[part] = number;
    }

    /// <summary>Seals the set: fixes the number and the order of the points, and checks them.</summary>
    /// <remarks>The set takes no more points from the beginning of the call. If the call fails, repeat it.</remarks>
    /// <param name="cancellationToken">The token that ends the call; the set can be sealed by another call then.</param>
    /// <exception cref="CollectionConflictException">The set is sealed.</exception>
    /// <exception cref="ShardDamagedException">A file of the store is missing or damaged.</exception>
    /// <exception cref="ShardStoreException">The store cannot be written.</exception>
    /// <exception cref="ShardUnavailableException">Three silos were lost, one after the other, while they were at work on the same part: it may need more memory than a silo has.</exception>
    public async Task SealAsync(CancellationToken cancellationToken = default)
    {
        if (IsSealed)
        {
            throw new CollectionConflictException($"The points '{Name}' are sealed already.");
        }

        // Written before the points are counted, so that points either are counted or find the set closed.
        await CommitAsync(_manifest with { IsClosed = true }).ConfigureAwait(false);
        var parts = await Task.WhenAll(Enumerable.Range(0, Parts).Select(part => Transient.RetryAsync(() => Relay.Survey(KeyOf(part), Dimension), Retries, cancellationToken))).ConfigureAwait(false);
        await CommitAsync(_manifest with { Parts = parts, IsSealed = true }).ConfigureAwait(false);
    }

    /// <summary>Trains a k-means on the silos that hold the points. The result equals that of <see cref="ManagedKMeans"/> on all points bit for bit, for any number of parts and silos, even if silos are lost meanwhile.</summary>
    /// <remarks>
    /// Each step sends the centroids to the parts, which assign their points in parallel. Then the sums of blocks of clusters go through the parts in their order, several blocks at a time. The centroids are moved, and empty clusters are
    /// refilled, by the caller. Trainings of one set at the same time disturb each other: they send their state again and take long, so train one after the other. If there are more than <see cref="KMeansOptions.MaxPointsPerCentroid"/> points for each cluster, a sample of them is trained on by the caller; set it to <see cref="int.MaxValue"/> to train on all.
    /// </remarks>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="options">The options of the training, or <see langword="null"/> for FAISS's defaults. <see cref="KMeansOptions.Center"/> and k-means++ of all points are not supported.</param>
    /// <param name="distribution">The options of the distribution, or <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives a report after each iteration.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <returns>The centroids and the iterations that led to them.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clusters"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">There are fewer points than clusters, squared distances would overflow, the initial centroids or the weights do not fit, or an option is not supported.</exception>
    /// <exception cref="CollectionConflictException">The set is not sealed.</exception>
    /// <exception cref="ShardUnavailableException">A part could not be reached for <see cref="KMeansDistribution.Timeout"/>, or three silos were lost, one after the other, while they were at work on the same part.</exception>
    /// <exception cref="ShardDamagedException">A file of the store is missing or damaged.</exception>
    /// <exception cref="IOException">The checkpoint cannot be written.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or that of another training.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public Task<KMeansResult> TrainAsync(int clusters, KMeansOptions? options = null, KMeansDistribution? distribution = null, IProgress<KMeansIteration>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!IsSealed)
        {
            throw new CollectionConflictException($"The points '{Name}' are not sealed; call SealAsync after the last of them.");
        }

        distribution ??= KMeansDistribution.Default;
        distribution.Check();
        return ManagedKMeans.TrainAsync(new ClusterParts(_grains, _manifest, distribution), clusters, options, distribution.CheckpointPath, progress, cancellationToken);
    }

    /// <summary>Deletes the points from the store.</summary>
    /// <param name="cancellationToken">The token that ends the wait for the call.</param>
    /// <exception cref="ShardStoreException">The store cannot be written.</exception>
    public Task DeleteAsync(CancellationToken cancellationToken = default) => _grains.GetGrain<IPointSetDirectory>(Name).Delete().WaitAsync(cancellationToken);

    private async Task CommitAsync(PointSetManifest next)
    {
        await Transient.RetryAsync(() => _grains.GetGrain<IPointSetDirectory>(Name).Commit(next), Retries, CancellationToken.None).ConfigureAwait(false);
        _manifest = next;
    }

    private void RequireOpen(PointSetManifest manifest)
    {
        if (manifest.IsSealed || manifest.IsClosed)
        {
            throw new CollectionConflictException($"The points '{Name}' are {(manifest.IsSealed ? "sealed" : "closed, as SealAsync was called")}; store them as another set with the new ones.");
        }
    }

    private string KeyOf(int part) => ClusterParts.KeyOf(_manifest, part);
}
