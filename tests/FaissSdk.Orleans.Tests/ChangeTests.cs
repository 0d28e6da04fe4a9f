using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Tests;

/// <summary>Commits whose answers are lost, changes that are interrupted, and the versions that searches see.</summary>
[Collection(typeof(OneSilo))]
public sealed class ChangeTests(OneSilo own) : IDisposable
{
    private const int Dimension = 8;

    public void Dispose() => own.Store.Reset();

    [Fact]
    public async Task A_commit_whose_answer_was_lost_has_succeeded()
    {
        own.Store.IsAnswerLost = name => name.Contains("/manifest-", StringComparison.Ordinal);
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        Assert.Equal(1, await collection.RemoveAsync(ShardFilter.Ids(7)));
        Assert.Equal(89, (await own.Faiss.GetCollectionAsync(collection.Name)).Count);
    }

    [Fact]
    public async Task A_commit_that_is_repeated_after_the_next_one_has_succeeded()
    {
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        var directory = own.Cluster.Cluster.Client.GetGrain<ICollectionDirectory>(collection.Name);
        var manifest = await directory.Get();
        Assert.NotNull(manifest);
        await collection.RemoveAsync(ShardFilter.Ids(7));
        await directory.Commit(manifest);
        await Assert.ThrowsAsync<CollectionConflictException>(() => directory.Commit(manifest with { Replicas = 2 }));
    }

    [Fact]
    public async Task Files_of_an_interrupted_change_are_deleted()
    {
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        await collection.DeleteOldFilesAsync();
        var next = $"v{collection.Version + 1:D6}-*";
        var folder = Path.Combine(own.Store.Folder, "collections", collection.Name);
        await File.WriteAllTextAsync(Path.Combine(folder, $"v{collection.Version + 1:D6}-s00000-0badcafe.faiss"), "");
        Directory.CreateDirectory(Path.Combine(folder, "upload-left"));
        await File.WriteAllTextAsync(Path.Combine(folder, "upload-left", "000000"), "");
        await collection.DeleteOldFilesAsync();
        Assert.Empty(Directory.GetFiles(folder, next));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "upload-left")));
        Assert.Equal(0, await collection.DeleteOldFilesAsync());
        Assert.Equal(90, (await collection.SearchAsync(new float[Dimension], 90)).Result[0].Count);
        await collection.RecutAsync(4);
        Assert.Equal(90, (await collection.SearchAsync(new float[Dimension], 90)).Result[0].Count);
    }

    [Fact]
    public async Task A_change_whose_files_are_deleted_is_refused()
    {
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        var other = await own.Faiss.GetCollectionAsync(collection.Name);
        var written = 0;
        own.Store.BeforeWriting = async name =>
        {
            if (name.Contains("-s0000", StringComparison.Ordinal) && ++written == 3)
            {
                await other.DeleteOldFilesAsync();
            }
        };
        await Assert.ThrowsAsync<CollectionConflictException>(() => collection.RecutAsync(3));
        Assert.Equal(90, (await other.SearchAsync(new float[Dimension], 90)).Result[0].Count);
        await other.RecutAsync(2);
        Assert.Equal(90, (await other.SearchAsync(new float[Dimension], 90)).Result[0].Count);
    }

    [Fact]
    public async Task A_collection_that_is_not_created_leaves_no_pieces()
    {
        using var index = FaissIndex.Create(Dimension, "IDMap2,Flat");
        var collection = await own.Faiss.CreateCollectionAsync(TestVectors.NewName(), index, 2);
        await Assert.ThrowsAsync<CollectionConflictException>(() => own.Faiss.CreateCollectionAsync(collection.Name, index, 2));
        var files = Directory.GetFiles(Path.Combine(own.Store.Folder, "collections", collection.Name), "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(files, file => file.Contains("/upload-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collection_whose_creation_is_canceled_is_not_waited_for()
    {
        using var index = FaissIndex.Create(Dimension, "IDMap2,Flat");
        var name = TestVectors.NewName();
        using var stop = new CancellationTokenSource();
        var goesOn = new TaskCompletionSource();
        own.Store.BeforeWriting = async file =>
        {
            if (file.Contains("-trained-", StringComparison.Ordinal))
            {
                await stop.CancelAsync();
                await goesOn.Task;
            }
        };
        try
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => own.Faiss.CreateCollectionAsync(name, index, 1, cancellationToken: stop.Token).WaitAsync(TimeSpan.FromSeconds(10)));
        }
        finally
        {
            goesOn.SetResult();
        }
    }

    [Fact]
    public async Task A_silo_builds_one_shard_at_a_time()
    {
        var (running, most) = (0, 0);
        own.Store.BeforeWriting = async name =>
        {
            if (name.Contains("-s0000", StringComparison.Ordinal))
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Delay(30);
                Interlocked.Decrement(ref running);
            }
        };
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension, shards: 4);
        index.Dispose();
        await collection.RecutAsync(3);
        await collection.RemoveAsync(ShardFilter.Range(0, 300));
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_shard_that_is_loaded_again_after_its_replacement_leaves_again()
    {
        await using var one = await TestCluster.StartAsync((options, _) => options.ReplacementPeriod = TimeSpan.FromMilliseconds(500), silos: 1);
        var (collection, index) = await TestVectors.BuildAsync(one.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        var directory = one.Cluster.Client.GetGrain<ICollectionDirectory>(collection.Name);
        var before = await directory.Get();
        await collection.RemoveAsync(ShardFilter.Ids(7));
        var after = await directory.Get();
        Assert.NotNull(before);
        Assert.NotNull(after);
        // Twice the longest staleness, after which old shards are retired.
        await Task.Delay(TimeSpan.FromSeconds(0.5));
        var old = Assert.Single(before.Shards.Except(after.Shards));
        await one.Cluster.Client.GetGrain<IIndexShard>(new ShardKey(before.FaissVersion, 0, 1, old.Name).ToString()).Load(default);
        await collection.LoadAsync();
        for (var i = 0; i < 50 && (await LoadedAsync()).Length > 3; i++)
        {
            await Task.Delay(100);
        }

        // And those of the newest version stay.
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(after.Shards.Select(file => file.Name).Order(), await LoadedAsync());

        async Task<string[]> LoadedAsync()
        {
            var grains = await one.Cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
            return [.. grains.Select(grain => grain.GrainId.Key.ToString()!).Where(key => key.Contains($"collections/{collection.Name}/v", StringComparison.Ordinal)).Select(key => ShardKey.Parse(key).File).Order()];
        }
    }

    [Fact]
    public async Task Searches_of_one_instance_never_go_back_to_an_older_version()
    {
        await using var two = await TestCluster.StartAsync((options, _) => options.MaxStaleness = TimeSpan.FromMinutes(1), silos: 2);
        var (collection, index) = await TestVectors.BuildAsync(two.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        var other = await two.Faiss.GetCollectionAsync(collection.Name);
        var manifests = two.Cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<ManifestCache>()).ToArray();
        await Task.WhenAll(manifests.Select(cache => cache.GetAsync(collection.Name, 1, default)));
        await collection.RemoveAsync(ShardFilter.Ids(7));
        await manifests[0].GetAsync(collection.Name, collection.Version, default);
        var newest = 0;
        for (var i = 0; i < 30; i++)
        {
            var version = (await other.SearchAsync(new float[Dimension], 1)).Version;
            Assert.True(version >= newest);
            newest = version;
        }

        Assert.Equal(collection.Version, newest);
    }
}
