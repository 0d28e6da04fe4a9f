using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace FaissSdk.Orleans;

/// <summary>Holds the versions of collections that this silo has read.</summary>
internal sealed class ManifestCache(ShardFiles files, IOptions<FaissSiloOptions> options)
{
    private readonly ConcurrentDictionary<string, (CollectionManifest Manifest, long Read)> _newest = [];
    private readonly ConcurrentDictionary<string, ShardFile> _files = [];

    /// <summary>Returns the newest version of a collection: at least the one that the caller has seen.</summary>
    /// <exception cref="ArgumentException">There is no such collection.</exception>
    public async Task<CollectionManifest> GetAsync(string collection, int minVersion, CancellationToken cancellationToken)
    {
        if (_newest.TryGetValue(collection, out var found) && found.Manifest.Version >= minVersion && Stopwatch.GetElapsedTime(found.Read) <= options.Value.MaxStaleness)
        {
            return found.Manifest;
        }

        var read = Stopwatch.GetTimestamp();
        CollectionManifest manifest;
        try
        {
            var newest = await files.ReadManifestAsync(collection, cancellationToken).ConfigureAwait(false);
            if ((newest?.Version ?? 0) < minVersion)
            {
                newest = await files.ReadManifestAsync(collection, minVersion, cancellationToken).ConfigureAwait(false) ?? newest;
            }

            manifest = newest ?? throw new ArgumentException($"The store has no collection '{collection}'; create it first.", nameof(collection));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or TimeoutException && found.Manifest is not null && found.Manifest.Version >= minVersion)
        {
            // While the store cannot be read, loaded shards are still served.
            return found.Manifest;
        }

        if (manifest.Version < minVersion)
        {
            throw new ShardDamagedException($"The store has version {manifest.Version} of the collection '{collection}', but the caller has seen {minVersion}: a file of the store was lost, or its folders differ among the silos.");
        }

        Add(manifest);
        _newest[collection] = (manifest, read);
        return manifest;
    }

    /// <summary>Determines whether the newest version of a collection lacks a file of an older one.</summary>
    public async Task<bool> HasReplacedAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var newest = await GetAsync(ShardFiles.CollectionOf(name), 0, cancellationToken).ConfigureAwait(false);
            return newest.Version > ShardFiles.VersionOf(name) && !Array.Exists(newest.Shards, file => file.Name == name);
        }
        // A shard of a store that cannot be read is still served.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or TimeoutException or ShardException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Returns the description of a file of a shard.</summary>
    public async Task<ShardFile> FindFileAsync(string name, CancellationToken cancellationToken)
    {
        if (_files.TryGetValue(name, out var file))
        {
            return file;
        }

        var collection = ShardFiles.CollectionOf(name);
        Add(await files.ReadManifestAsync(collection, ShardFiles.VersionOf(name), cancellationToken).ConfigureAwait(false));
        if (!_files.ContainsKey(name))
        {
            foreach (var manifest in await files.ReadManifestsAsync(collection, cancellationToken).ConfigureAwait(false))
            {
                Add(manifest);
            }
        }

        return _files.GetValueOrDefault(name) ?? throw new ShardDamagedException($"No version of the collection '{collection}' in the store names the file '{name}'; repeat the call, which reads the newest version.");
    }

    private void Add(CollectionManifest? manifest)
    {
        foreach (var file in manifest?.Shards ?? [])
        {
            _files[file.Name] = file;
        }
    }
}
