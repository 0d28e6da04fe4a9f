using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FaissSdk.Orleans;

/// <summary>Creates and commits versions of a collection, and deletes old ones. The store decides which of two commits wins, so two activations do no harm.</summary>
[Reentrant]
internal sealed class CollectionDirectoryGrain(ShardFiles files, IGrainFactory grains, IOptions<FaissSiloOptions> options) : Grain, ICollectionDirectory
{
    private string Collection => this.GetPrimaryKeyString();

    public Task PutPiece(string upload, int piece, byte[] content) => StoreErrors.Name(() => files.Store.TryWriteAsync(ShardFiles.PieceName(Collection, upload, piece), (file, cancellation) => file.WriteAsync(content, cancellation).AsTask()));

    public Task<CollectionManifest> Create(string faissVersion, string upload, int pieces, int shards, int replicas) => StoreErrors.Name(async () =>
    {
        try
        {
            if (await files.ReadManifestAsync(Collection, CancellationToken.None) is { } existing)
            {
                throw new CollectionConflictException($"The store has a collection '{Collection}' of version {existing.Version}; open it with GetCollectionAsync, or choose another name.");
            }

            var builder = grains.GetGrain<IShardBuilder>(new ShardKey(faissVersion, 0, 1, $"{Collection}/0").ToString());
            var manifest = await builder.Create(upload, pieces, shards, replicas);
            await CommitAsync(manifest);
            return manifest;
        }
        finally
        {
            await TryDeleteAsync(ShardFiles.UploadPrefix(Collection, upload));
        }
    });

    public Task<CollectionManifest?> Get() => StoreErrors.Name(() => files.ReadManifestAsync(Collection, CancellationToken.None));

    public Task<CollectionManifest> Commit(CollectionManifest next) => StoreErrors.Name(async () =>
    {
        var current = await files.ReadManifestAsync(Collection, CancellationToken.None);
        if (current?.Version >= next.Version && await files.IsCommittedAsync(next, CancellationToken.None))
        {
            return next;
        }

        if (current?.Version + 1 != next.Version)
        {
            throw Conflict(next);
        }

        await CommitAsync(next);
        // Searches of the previous version may still run on silos that have not read the new one.
        Retirement.Schedule(grains, current!, next, options.Value.MaxStaleness * 2);
        return next;
    });

    public Task<int> Clean() => StoreErrors.Name(async () =>
    {
        var manifests = await files.ReadManifestsAsync(Collection, CancellationToken.None);
        if (manifests.Count == 0)
        {
            return 0;
        }

        var names = await files.Store.ListAsync($"collections/{Collection}/");
        var isFenced = names.Any(name => IsIndex(name) && ShardFiles.VersionOf(name) > manifests[^1].Version);
        if (isFenced)
        {
            // Files of the next version belong to changes that were interrupted, or are running. If that version is committed, no such change can be.
            await files.TryWriteManifestAsync(manifests[^1] with { Version = manifests[^1].Version + 1 }, CancellationToken.None);
            manifests = await files.ReadManifestsAsync(Collection, CancellationToken.None);
        }

        // Searches may still use the version before the newest; the fence has the files of the newest.
        HashSet<string> kept = [.. manifests.TakeLast(isFenced ? 3 : 2).SelectMany(manifest => manifest.Shards.Append(manifest.Template)).Select(file => file.Name)];
        var deleted = 0;
        foreach (var name in names)
        {
            // Sealed shards contain the added vectors, and a collection that exists no longer needs its uploaded pieces. A file of a newer version may belong to a change that has begun since.
            var isOld = IsIndex(name) && !kept.Contains(name) && ShardFiles.VersionOf(name) <= manifests[^1].Version;
            var isAdded = name.EndsWith(".seg", StringComparison.Ordinal) && manifests[^1].IsSealed;
            if (isOld || isAdded || name.StartsWith(ShardFiles.UploadPrefix(Collection), StringComparison.Ordinal))
            {
                await files.Store.DeleteAsync(name);
                deleted++;
            }
        }

        return deleted;
    });

    private static bool IsIndex(string name) => name.EndsWith(".faiss", StringComparison.Ordinal);

    private static CollectionConflictException Conflict(CollectionManifest next) =>
        new($"The collection '{next.Name}' was changed by another caller before version {next.Version} was committed; nothing was changed by this call. Open the collection again, and repeat the call.");

    private async Task CommitAsync(CollectionManifest manifest)
    {
        if (!await files.TryWriteManifestAsync(manifest, CancellationToken.None))
        {
            throw Conflict(manifest);
        }
    }

    private async Task TryDeleteAsync(string prefix)
    {
        try
        {
            foreach (var name in await files.Store.ListAsync(prefix))
            {
                await files.Store.DeleteAsync(name);
            }
        }
        // Clean deletes the leftovers; an exception would hide the outcome of the call.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
