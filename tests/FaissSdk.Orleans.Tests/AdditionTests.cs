namespace FaissSdk.Orleans.Tests;

/// <summary>What was acknowledged is in the sealed collection once, and what comes too late is refused.</summary>
[Collection(typeof(OneSilo))]
public sealed class AdditionTests(OneSilo own) : IDisposable
{
    private const int Dimension = 8;

    public void Dispose() => own.Store.Reset();

    [Fact]
    public async Task Additions_after_another_caller_has_sealed_are_refused()
    {
        var collection = await CreateAsync();
        var other = await own.Faiss.GetCollectionAsync(collection.Name);
        await collection.AddAsync(new float[Dimension], new long[] { 1 });
        await collection.SealAsync();
        await Assert.ThrowsAsync<CollectionConflictException>(() => other.AddAsync(new float[Dimension], new long[] { 2 }));
        Assert.Equal(1, (await own.Faiss.GetCollectionAsync(collection.Name)).Count);
    }

    [Fact]
    public async Task Additions_while_the_collection_is_sealed_are_refused()
    {
        var collection = await CreateAsync();
        var other = await own.Faiss.GetCollectionAsync(collection.Name);
        var errors = new List<Exception?>();
        // When the file of a shard is written, its additions have been read.
        own.Store.BeforeWriting = async name =>
        {
            if (name.Contains("-s00000-", StringComparison.Ordinal))
            {
                errors.Add(await Record.ExceptionAsync(() => other.AddAsync(TestVectors.Random(9, Dimension), TestVectors.Ids(9))));
            }
        };
        await collection.SealAsync();
        Assert.IsType<CollectionConflictException>(Assert.Single(errors));
    }

    [Fact]
    public async Task A_seal_that_failed_is_repeated_without_new_additions()
    {
        var collection = await CreateAsync();
        await collection.AddAsync(TestVectors.Random(90, Dimension), TestVectors.Ids(90));
        own.Store.Writing = name => _ = name.Contains("-s00001-", StringComparison.Ordinal) ? throw new IOException("The network is gone.") : 0;
        await Assert.ThrowsAsync<ShardStoreException>(() => collection.SealAsync());
        own.Store.Writing = null;
        Assert.False(collection.IsSealed);
        Assert.Contains("SealAsync", (await Assert.ThrowsAsync<CollectionConflictException>(() => collection.AddAsync(new float[Dimension], new long[] { 1 }))).Message, StringComparison.Ordinal);
        var reopened = await own.Faiss.GetCollectionAsync(collection.Name);
        await reopened.SealAsync();
        Assert.Equal(90, reopened.Count);
        await Assert.ThrowsAsync<CollectionConflictException>(() => collection.SealAsync());
    }

    [Fact]
    public async Task An_addition_that_failed_is_repeated_and_stored_once()
    {
        var collection = await CreateAsync();
        var (vectors, ids) = (TestVectors.Random(90, Dimension), TestVectors.Ids(90));
        own.Store.Writing = name => _ = name.Contains("/added-00002/", StringComparison.Ordinal) ? throw new IOException("The network is gone.") : 0;
        var error = await Assert.ThrowsAsync<ShardStoreException>(() => collection.AddAsync(vectors, ids));
        Assert.DoesNotContain("Nothing was changed", error.Message, StringComparison.Ordinal);
        own.Store.Writing = null;
        // Also by another instance, such as that of a process that was started again.
        await (await own.Faiss.GetCollectionAsync(collection.Name)).AddAsync(vectors, ids);
        await collection.SealAsync();
        Assert.Equal(90, collection.Count);
        var found = await collection.SearchAsync(vectors, 1);
        Assert.Equal(ids, found.Result.Ids);
    }

    [Fact]
    public async Task Points_that_another_caller_appends_too_late_are_refused()
    {
        var set = await own.Faiss.CreatePointSetAsync(TestVectors.NewName(), Dimension, 1);
        var other = await own.Faiss.GetPointSetAsync(set.Name);
        await set.AppendAsync(0, TestVectors.Random(9, Dimension));
        await set.SealAsync();
        await Assert.ThrowsAsync<CollectionConflictException>(() => other.AppendAsync(0, TestVectors.Random(9, Dimension)));
        await Assert.ThrowsAsync<CollectionConflictException>(() => other.AppendAsync(0, TestVectors.Random(9, Dimension, seed: 2)));
    }

    [Fact]
    public async Task Points_are_refused_while_the_set_is_sealed()
    {
        var set = await own.Faiss.CreatePointSetAsync(TestVectors.NewName(), Dimension, 1);
        var other = await own.Faiss.GetPointSetAsync(set.Name);
        var errors = new List<Exception?>();
        own.Store.BeforeWriting = async name =>
        {
            if (name.EndsWith("/sealed.json", StringComparison.Ordinal))
            {
                errors.Add(await Record.ExceptionAsync(() => other.AppendAsync(0, TestVectors.Random(9, Dimension))));
            }
        };
        await set.SealAsync();
        Assert.IsType<CollectionConflictException>(Assert.Single(errors));
    }

    [Fact]
    public async Task Points_whose_last_message_failed_are_appended_again_and_stored_once()
    {
        const int dimension = VectorBlock.MaxBytes / 64;
        var set = await own.Faiss.CreatePointSetAsync(TestVectors.NewName(), dimension, 1);
        var points = TestVectors.Random(10, dimension);
        own.Store.Writing = name => _ = name.EndsWith("/00000001.seg", StringComparison.Ordinal) ? throw new IOException("The network is gone.") : 0;
        await Assert.ThrowsAsync<ShardStoreException>(() => set.AppendAsync(0, points));
        own.Store.Writing = null;
        await set.AppendAsync(0, points);
        await set.SealAsync();
        Assert.Equal(10, set.Count);
    }

    [Fact]
    public async Task Points_are_stored_once_when_the_last_step_of_a_call_failed()
    {
        var set = await own.Faiss.CreatePointSetAsync(TestVectors.NewName(), Dimension, 1);
        var points = TestVectors.Random(10, Dimension);
        own.Store.BeforeReading = name => name.EndsWith(".json", StringComparison.Ordinal) ? throw new IOException("The network is gone.") : Task.CompletedTask;
        await Assert.ThrowsAsync<ShardStoreException>(() => set.AppendAsync(0, points));
        own.Store.BeforeReading = null;
        await set.AppendAsync(0, points);
        await set.AppendAsync(0, TestVectors.Random(3, Dimension, seed: 2));
        await set.SealAsync();
        Assert.Equal(13, set.Count);
    }

    private async Task<ShardedCollection> CreateAsync()
    {
        using var index = FaissIndex.Create(Dimension, "IDMap2,Flat");
        return await own.Faiss.CreateCollectionAsync(TestVectors.NewName(), index, 3);
    }
}
