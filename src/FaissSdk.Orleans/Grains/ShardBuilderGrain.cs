using System.Globalization;
using Orleans.Concurrency;

namespace FaissSdk.Orleans;

/// <summary>Stores additions, and makes files of shards; it holds nothing between calls, so that a silo that is lost loses nothing.</summary>
[ShardPlacement]
[Reentrant]
internal sealed class ShardBuilderGrain(ShardFiles files, NativeGate gate, ILocalSiloDetails silo) : Grain, IShardBuilder
{
    private readonly Segments _segments = new(files.Store);

    public Task Add(string name, VectorBlock vectors, IdBlock ids, CancellationToken cancellationToken)
    {
        var (collection, shard) = Target();
        return StoreErrors.Name(() => _segments.WriteAsync($"{ShardFiles.SegmentPrefix(collection, shard)}{name}.seg", vectors, ids, cancellationToken));
    }

    public Task<ShardFile> Seal(CollectionManifest manifest, CancellationToken cancellationToken) => StoreErrors.Name(async () =>
    {
        var (collection, shard) = Target();
        using var index = await LoadAsync(manifest, manifest.Template, cancellationToken);
        foreach (var name in await files.Store.ListAsync(ShardFiles.SegmentPrefix(collection, shard), cancellationToken))
        {
            var (vectors, ids) = await _segments.ReadAsync(name, cancellationToken);
            await gate.RunAsync(() => Add(index, vectors, ids), cancellationToken);
        }

        return await WriteAsync(manifest, index, cancellationToken);
    });

    public Task<ShardFile> Remove(CollectionManifest manifest, ShardFilter filter, CancellationToken cancellationToken) => StoreErrors.Name(async () =>
    {
        var file = manifest.Shards[Target().Shard];
        using var index = await LoadAsync(manifest, file, cancellationToken);
        return await gate.RunAsync(() => Remove(index, filter), cancellationToken) == 0 ? file : await WriteAsync(manifest, index, cancellationToken);
    });

    public Task<ShardFile> Cut(CollectionManifest manifest, int shards, CancellationToken cancellationToken) => StoreErrors.Name(async () =>
    {
        var shard = Target().Shard;
        using var index = await LoadAsync(manifest, manifest.Template, cancellationToken);
        foreach (var file in manifest.Shards)
        {
            using var part = await LoadAsync(manifest, file, cancellationToken);
            await gate.RunAsync(() => Move(part, index, shards, shard), cancellationToken);
        }

        return await WriteAsync(manifest, index, cancellationToken);
    });

    private static bool Add(FaissIndex index, VectorBlock vectors, long[] ids)
    {
        index.AddWithIds(vectors.Values.Span, ids);
        return true;
    }

    private static long Remove(FaissIndex index, ShardFilter filter)
    {
        var owned = new List<IDisposable>();
        try
        {
            return index.Remove(filter.CreateSelector(owned));
        }
        finally
        {
            owned.ForEach(part => part.Dispose());
        }
    }

    /// <summary>Moves the vectors of one shard of another cut; their codes stay as they are.</summary>
    private static bool Move(FaissIndex from, FaissIndex to, int shards, int shard)
    {
        if (from is IndexIVF lists && to is IndexIVF target)
        {
            lists.CopySubsetTo(target, IndexIVFSubset.Remainder, shards, shard);
            return true;
        }

        if (from is not IndexIDMap map)
        {
            throw new NotSupportedException($"A {from.GetType().Name} cannot be cut; inverted lists and ID maps can. Create the collection again with another number of shards.");
        }

        using var others = new IDSelectorBatch(map.CopyIds().Where(id => id % shards != shard));
        from.Remove(others);
        to.MergeFrom(from);
        return true;
    }

    private async Task<FaissIndex> LoadAsync(CollectionManifest manifest, ShardFile file, CancellationToken cancellationToken)
    {
        FaissCheck.RequireVersion(manifest.FaissVersion, silo.Name);
        return await files.LoadIndexAsync(file, map: false, verify: true, cancellationToken);
    }

    private Task<ShardFile> WriteAsync(CollectionManifest manifest, FaissIndex index, CancellationToken cancellationToken) =>
        files.WriteIndexAsync(ShardFiles.IndexName(manifest.Name, manifest.Version + 1, string.Create(CultureInfo.InvariantCulture, $"s{Target().Shard:D5}")), index, cancellationToken);

    private (string Collection, int Shard) Target()
    {
        var parts = ShardKey.Parse(this.GetPrimaryKeyString()).File.Split('/');
        return (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
