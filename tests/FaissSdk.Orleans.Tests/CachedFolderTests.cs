namespace FaissSdk.Orleans.Tests;

/// <summary>A store whose lists of folders are old on some machines, as those of network file systems may be; files are found by name.</summary>
public sealed class CachedFolderTests
{
    private const int Dimension = 8;

    [Fact]
    public async Task Additions_to_a_closed_collection_are_refused_whichever_silo_is_asked()
    {
        using var cached = new CachedLists();
        await using var two = await StartAsync(cached);
        using var template = FaissIndex.Create(Dimension, "IDMap2,Flat");
        // The silo that commits a version sees it; of several collections, each silo commits some.
        for (var i = 0; i < 6; i++)
        {
            var collection = await two.Faiss.CreateCollectionAsync(TestVectors.NewName(), template, 2);
            var other = await two.Faiss.GetCollectionAsync(collection.Name);
            await collection.AddAsync(TestVectors.Random(90, Dimension), TestVectors.Ids(90));
            cached.Keep();
            await collection.SealAsync();
            for (var calls = 0; calls < 5; calls++)
            {
                await Assert.ThrowsAsync<CollectionConflictException>(() => other.AddAsync(new float[Dimension], new long[] { 1 + calls }));
                other = await two.Faiss.GetCollectionAsync(collection.Name);
                Assert.True(other.IsSealed);
            }

            cached.Forget();
            Assert.Equal(90, collection.Count);
        }
    }

    [Fact]
    public async Task A_version_that_a_client_has_seen_is_searched_on_all_silos()
    {
        using var cached = new CachedLists();
        await using var two = await StartAsync(cached);
        var (collection, index) = await TestVectors.BuildAsync(two.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension, shards: 5, replicas: 2);
        index.Dispose();
        cached.Keep();
        await collection.RemoveAsync(ShardFilter.Ids(7, 14, 21, 28, 35, 42, 49, 56, 63, 70));
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(80, (await collection.SearchAsync(new float[Dimension], 90)).Result[0].Ids.ToArray().Count(id => id >= 0));
        }
    }

    private static Task<TestCluster> StartAsync(CachedLists cached) => TestCluster.StartAsync((options, _) => options.Store = cached.Add(), silos: 2);

    /// <summary>Gives each silo a store of its own over one folder.</summary>
    private sealed class CachedLists : IDisposable
    {
        private readonly TestStore _folder = new();
        private readonly List<Store> _stores = [];

        public Store Add()
        {
            var store = new Store(_folder);
            _stores.Add(store);
            return store;
        }

        public void Keep() => _stores.ForEach(store => store.Keep());

        public void Forget() => _stores.ForEach(store => store.Forget());

        public void Dispose() => _folder.Dispose();
    }

    /// <summary>Lists what was there at a time, and what it has written itself.</summary>
    private sealed class Store(IShardStore folder) : IShardStore
    {
        private readonly Lock _lock = new();
        private SortedSet<string>? _known;

        public void Keep()
        {
            var names = folder.ListAsync("collections/").GetAwaiter().GetResult();
            lock (_lock)
            {
                _known = new(names, StringComparer.Ordinal);
            }
        }

        public void Forget()
        {
            lock (_lock)
            {
                _known = null;
            }
        }

        public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default)
        {
            lock (_lock)
            {
                if (_known is not null)
                {
                    return [.. _known.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
                }
            }

            return await folder.ListAsync(prefix, cancellationToken);
        }

        public Task<Stream> OpenReadAsync(string name, CancellationToken cancellationToken = default) => folder.OpenReadAsync(name, cancellationToken);

        public async Task<bool> TryWriteAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
        {
            var isWritten = await folder.TryWriteAsync(name, write, cancellationToken);
            lock (_lock)
            {
                _known?.Add(name);
            }

            return isWritten;
        }

        public Task DeleteAsync(string name, CancellationToken cancellationToken = default) => folder.DeleteAsync(name, cancellationToken);

        public string? GetPath(string name) => folder.GetPath(name);
    }
}
