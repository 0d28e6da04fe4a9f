using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FaissSdk.Orleans;

/// <summary>Stores additions, and builds the files of shards; it holds nothing between calls, so nothing is lost with a silo.</summary>
[ShardPlacement]
[Reentrant]
internal sealed class ShardBuilderGrain(ShardFiles files, NativeGate gate, BuildGate builds, IOptions<FaissSiloOptions> options, ILocalSiloDetails silo) : Grain, IShardBuilder
{
    private readonly Segments _segments = new(files.Store);

    public Task<CollectionManifest> Create(string upload, int pieces, int shards, int replicas) => StoreErrors.Name(async () =>
    {
        var (collection, _) = Target();
        var version = ShardKey.Parse(this.GetPrimaryKeyString()).FaissVersion;
        options.Value.Library.Require(version, silo.Name);
        using var content = new MemoryStream();
        for (var piece = 0; piece < pieces; piece++)
        {
            await using var file = await files.Store.OpenReadAsync(ShardFiles.PieceName(collection, upload, piece));
            await file.CopyToAsync(content);
        }

        content.Position = 0;
        using var template = await gate.RunPatientlyAsync(() => FaissIndex.Load(content), CancellationToken.None);
        return new CollectionManifest
        {
            Name = collection,
            Version = 1,
            Dimension = template.Dimension,
            Metric = template.Metric,
            FaissVersion = version,
            Replicas = replicas,
            IsSealed = false,
            Template = await files.WriteIndexAsync(ShardFiles.IndexName(collection, 1, "trained"), template, CancellationToken.None),
            Shards = [.. Enumerable.Repeat(ShardFile.None, shards)],
            Division = IdDivision.Mixed,
        };
    });

    public Task Add(string name, VectorBlock vectors, IdBlock ids, CancellationToken cancellationToken)
    {
        var (collection, shard) = Target();
        return StoreErrors.Name(() => _segments.WriteAsync($"{ShardFiles.SegmentPrefix(collection, shard)}{name}.seg", vectors, ids, cancellationToken), StoreErrors.SomeAdded);
    }

    public Task<ShardFile> Seal(CollectionManifest manifest, CancellationToken cancellationToken) => BuildAsync(
        async () =>
        {
            var (collection, shard) = Target();
            using var index = await LoadAsync(manifest, manifest.Template, cancellationToken);
            foreach (var name in await files.Store.ListAsync(ShardFiles.SegmentPrefix(collection, shard), cancellationToken))
            {
                var (vectors, ids) = await _segments.ReadAsync(name, cancellationToken);
                await gate.RunPatientlyAsync(() => Add(index, vectors, ids), cancellationToken);
            }

            return await WriteAsync(manifest, index, cancellationToken);
        },
        cancellationToken);

    public Task<ShardFile> Remove(CollectionManifest manifest, ShardFilter filter, CancellationToken cancellationToken) => BuildAsync(
        async () =>
        {
            var file = manifest.Shards[Target().Shard];
            using var index = await LoadAsync(manifest, file, cancellationToken);
            return await gate.RunPatientlyAsync(() => Remove(index, filter), cancellationToken) == 0 ? file : await WriteAsync(manifest, index, cancellationToken);
        },
        cancellationToken);

    public Task<ShardFile> Cut(CollectionManifest manifest, int shards, CancellationToken cancellationToken) => BuildAsync(
        async () =>
        {
            var shard = Target().Shard;
            using var index = await LoadAsync(manifest, manifest.Template, cancellationToken);
            foreach (var file in manifest.Shards)
            {
                using var part = await LoadAsync(manifest, file, cancellationToken);
                await gate.RunPatientlyAsync(() => Move(part, index, shards, shard), cancellationToken);
            }

            return await WriteAsync(manifest, index, cancellationToken);
        },
        cancellationToken);

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
            return Remove(index, filter.CreateSelector(owned));
        }
        finally
        {
            owned.ForEach(part => part.Dispose());
        }
    }

    private static long Remove(FaissIndex index, IDSelector selector)
    {
        try
        {
            return index.Remove(selector);
        }
        catch (FaissException error)
        {
            throw new NotSupportedException($"Vectors cannot be removed from this kind of index, so that it can neither be changed nor cut: {error.Message} Create the collection again with the vectors that stay.");
        }
    }

    /// <summary>Moves the vectors that belong to one shard when the collection has another number of shards; their codes do not change.</summary>
    private static bool Move(FaissIndex from, FaissIndex to, int shards, int shard)
    {
        var ids = from switch
        {
            IndexIVF lists => Enumerable.Range(0, lists.NList).SelectMany(lists.GetListIds),
            IndexIDMap map => map.CopyIds(),
            _ => throw new NotSupportedException($"A {from.GetType().Name} cannot be cut; inverted lists and ID maps can. Create the collection again with another number of shards."),
        };
        // The selector lists the ids to keep, which are usually fewer than those to remove.
        using var own = new IDSelectorBatch(ids.Where(id => ShardOfId.Mixed(id, shards) == shard));
        using var others = new IDSelectorNot(own);
        Remove(from, others);
        if (from is IndexIVF part && to is IndexIVF target)
        {
            target.MergeFrom(part);
        }
        else
        {
            to.MergeFrom(from);
        }

        return true;
    }

    private Task<ShardFile> BuildAsync(Func<Task<ShardFile>> build, CancellationToken cancellationToken) => builds.RunAsync(() => StoreErrors.Name(build), cancellationToken);

    private async Task<FaissIndex> LoadAsync(CollectionManifest manifest, ShardFile file, CancellationToken cancellationToken)
    {
        options.Value.Library.Require(manifest.FaissVersion, silo.Name);
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
