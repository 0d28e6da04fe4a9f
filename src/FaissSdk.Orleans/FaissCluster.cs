using System.Globalization;

namespace FaissSdk.Orleans;

/// <summary>Provides the collections and point sets of a cluster; a client and a silo each have one, from <c>AddFaissCluster</c> and <c>AddFaissShards</c>.</summary>
/// <param name="grains">The grains of the cluster: an <see cref="IClusterClient"/>, or the factory of a silo.</param>
public sealed class FaissCluster(IGrainFactory grains)
{
    private const int MaxNameLength = 64;
    private const int MaxShards = 10_000;
    private const int MaxReplicas = 16;
    private const int PieceBytes = 4 << 20;
    private readonly IGrainFactory _grains = grains ?? throw new ArgumentNullException(nameof(grains));

    /// <summary>Creates a collection whose shards are copies of a trained index without vectors.</summary>
    /// <param name="name">The name: 1 to 64 lower-case letters, digits and '-'.</param>
    /// <param name="trained">The trained index, without vectors, that stores ids: inverted lists, or <c>IDMap2,…</c>. It is copied.</param>
    /// <param name="shards">The number of shards, at least 1. A hash of the id chooses the shard of a vector, so that ids of any pattern fill all shards evenly.</param>
    /// <param name="replicas">The number of replicas of each shard, at least 1; with 2, a lost or slow silo delays no search.</param>
    /// <param name="cancellationToken">The token that ends the wait for the call.</param>
    /// <exception cref="ArgumentException">The name has other characters, or the index is not trained, has vectors, or stores no ids.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shards"/> or <paramref name="replicas"/> is out of range.</exception>
    /// <exception cref="CollectionConflictException">There is a collection of this name.</exception>
    /// <exception cref="ShardStoreException">The store cannot be written.</exception>
    /// <exception cref="ShardVersionException">No silo has the caller's version of FAISS.</exception>
    public async Task<ShardedCollection> CreateCollectionAsync(string name, FaissIndex trained, int shards, int replicas = 1, CancellationToken cancellationToken = default)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(trained);
        CheckRange(shards, MaxShards, nameof(shards));
        CheckRange(replicas, MaxReplicas, nameof(replicas));
        CheckTemplate(trained);
        var bytes = trained.Serialize();
        var directory = _grains.GetGrain<ICollectionDirectory>(name);
        var (upload, pieces) = (Guid.NewGuid().ToString("N"), 0);
        for (var start = 0; start < bytes.Length; start += PieceBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await directory.PutPiece(upload, pieces++, bytes.AsSpan(start, Math.Min(PieceBytes, bytes.Length - start)).ToArray()).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return new ShardedCollection(_grains, await directory.Create(FaissLibrary.Info.Version, upload, pieces, shards, replicas).WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Opens a collection.</summary>
    /// <param name="name">The name of the collection.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <exception cref="ArgumentException">There is no such collection.</exception>
    /// <exception cref="ShardStoreException">The store cannot be read.</exception>
    public async Task<ShardedCollection> GetCollectionAsync(string name, CancellationToken cancellationToken = default)
    {
        CheckName(name);
        var manifest = await ShardedCollection.ReadAsync(_grains, name, cancellationToken).ConfigureAwait(false);
        return manifest is null ? throw new ArgumentException($"The store has no collection '{name}'; create it first.", nameof(name)) : new ShardedCollection(_grains, manifest);
    }

    /// <summary>Creates a set of points in parts, to train a k-means on the silos that hold them.</summary>
    /// <param name="name">The name: 1 to 64 lower-case letters, digits and '-'.</param>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="parts">The number of parts, at least 1; with the number of silos or a multiple of it, all silos assign points.</param>
    /// <param name="cancellationToken">The token that ends the wait for the call.</param>
    /// <exception cref="ArgumentException">The name has other characters.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> or <paramref name="parts"/> is out of range.</exception>
    /// <exception cref="CollectionConflictException">There is a set of this name.</exception>
    /// <exception cref="ShardStoreException">The store cannot be written.</exception>
    public async Task<PointSet> CreatePointSetAsync(string name, int dimension, int parts, CancellationToken cancellationToken = default)
    {
        CheckName(name);
        CheckRange(dimension, VectorBlock.MaxBytes / 64, nameof(dimension));
        CheckRange(parts, MaxShards, nameof(parts));
        var manifest = new PointSetManifest { Name = name, Dimension = dimension, Parts = [.. Enumerable.Repeat(PointPartFiles.None, parts)], IsSealed = false };
        await _grains.GetGrain<IPointSetDirectory>(name).Commit(manifest).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new PointSet(_grains, manifest);
    }

    /// <summary>Opens a set of points.</summary>
    /// <param name="name">The name of the set.</param>
    /// <param name="cancellationToken">The token that ends the wait for the call.</param>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public async Task<PointSet> GetPointSetAsync(string name, CancellationToken cancellationToken = default)
    {
        CheckName(name);
        var manifest = await _grains.GetGrain<IPointSetDirectory>(name).Get().WaitAsync(cancellationToken).ConfigureAwait(false);
        return manifest is null ? throw new ArgumentException($"The store has no points '{name}'; create them first.", nameof(name)) : new PointSet(_grains, manifest);
    }

    internal static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaxNameLength || name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
        {
            throw new ArgumentException($"name is '{name}'; use 1 to {MaxNameLength} lower-case letters, digits and '-', as it is part of the names of files.", nameof(name));
        }
    }

    internal static void CheckRange(int value, int most, string parameter)
    {
        if (value < 1 || value > most)
        {
            throw new ArgumentOutOfRangeException(parameter, value, string.Create(CultureInfo.InvariantCulture, $"{parameter} is {value}; it must be from 1 to {most}."));
        }
    }

    private static void CheckTemplate(FaissIndex trained)
    {
        if (!trained.IsTrained)
        {
            throw new ArgumentException("trained is not trained; call Train first, on vectors that are distributed like those to be added.", nameof(trained));
        }

        if (trained.Count != 0)
        {
            throw new ArgumentException($"trained has {trained.Count} vectors; pass it without vectors (Reset), and add them to the collection.", nameof(trained));
        }

        var vector = new float[trained.Dimension];
        Array.Fill(vector, 1 / MathF.Sqrt(vector.Length));
        using var copy = trained.Clone();
        try
        {
            copy.AddWithIds(vector, [0]);
        }
        catch (Exception error) when (error is FaissException or NotSupportedException)
        {
            throw new ArgumentException($"trained is a {trained.GetType().Name}, which stores no ids: {error.Message} Use inverted lists, or an ID map: 'IDMap2,Flat' instead of 'Flat'.", nameof(trained), error);
        }
    }
}
