using Microsoft.Data.Sqlite;

namespace FaissSdk.VectorData.Tests.BadInput;

public sealed class BadInputTests
{
    [Theory]
    [InlineData(new float[] { 1, 2 }, "2 dimensions")]
    [InlineData(new float[] { 1, 2, 3, float.NaN }, "NaN")]
    [InlineData(new float[] { 1, 2, 3, float.PositiveInfinity }, "infinity")]
    [InlineData(new float[] { 0, 0, 0, 0 }, "zero")]
    public async Task A_vector_that_cannot_be_compared_is_refused(float[] vector, string message)
    {
        using var temporary = new TemporaryStore();
        var items = await CreateAsync(temporary.Store);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => items.UpsertAsync([Item("a", 1, 2, 3, 4), Item("b", vector)]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("'b'", error.Message, StringComparison.Ordinal);
        Assert.Null(await items.GetAsync("a"));
        error = await Assert.ThrowsAsync<ArgumentException>(async () => await items.SearchAsync(vector, 3).ToListAsync());
        Assert.Contains("The query", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_needs_a_key_of_its_own()
    {
        using var temporary = new TemporaryStore();
        var items = await CreateAsync(temporary.Store);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => items.UpsertAsync(new Dictionary<string, object?> { ["Vector"] = new float[] { 1, 2, 3, 4 } }));
        Assert.Contains("has no key", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<ArgumentException>(() => items.UpsertAsync([Item("a", 1, 2, 3, 4), Item("b", 1, 2, 3, 4), Item("a", 5, 6, 7, 8)]));
        Assert.Contains("positions 0 and 2 have the same key 'a'", error.Message, StringComparison.Ordinal);
        Assert.Null(await items.GetAsync("b"));
        await Assert.ThrowsAsync<ArgumentException>(() => items.GetAsync(5));
    }

    [Fact]
    public async Task A_database_that_another_writer_locks_is_reported()
    {
        using var temporary = new TemporaryStore(new FaissVectorStoreOptions { BusyTimeout = TimeSpan.FromMilliseconds(200) });
        var items = await CreateAsync(temporary.Store);
        using (var other = Open(temporary.Path))
        {
            Execute(other, "BEGIN IMMEDIATE");
            var error = await Assert.ThrowsAsync<VectorStoreException>(() => items.UpsertAsync(Item("a", 1, 2, 3, 4)));
            Assert.Contains("another writer has locked the database", error.Message, StringComparison.Ordinal);
            Assert.Null(await items.GetAsync("a"));
        }

        await items.UpsertAsync(Item("a", 1, 2, 3, 4));
        Assert.NotNull(await items.GetAsync("a"));
    }

    [Fact]
    public async Task A_database_that_another_process_is_just_creating_is_waited_for()
    {
        using var temporary = new TemporaryStore();
        _ = await CreateAsync(temporary.Store);
        temporary.Store.Dispose();
        using var other = Open(temporary.Path);
        // The tables exist, and the process that created them has not set the mode yet.
        Execute(other, "PRAGMA journal_mode=DELETE; BEGIN IMMEDIATE");
        using var store = temporary.Open();
        var waiting = Task.Run(() => store.CollectionExistsAsync("items"));
        await Task.Delay(500);
        Execute(other, "COMMIT");
        Assert.True(await waiting);
    }

    [Fact]
    public async Task A_foreign_a_newer_and_a_broken_database_are_refused()
    {
        using var temporary = new TemporaryStore();
        using (var connection = Open(temporary.Path))
        {
            Execute(connection, "CREATE TABLE mine(x)");
        }

        await ExpectAsync(temporary.Store, "another application");
        File.Delete(temporary.Path);
        using (var first = new FaissVectorStore(temporary.Path))
        {
            await CreateAsync(first);
        }

        using (var connection = Open(temporary.Path))
        {
            Execute(connection, "PRAGMA user_version = 99");
        }

        await ExpectAsync(temporary.Store, "format 99");
        File.WriteAllText(temporary.Path, new string('x', 5000));
        await ExpectAsync(temporary.Store, "not a SQLite database");
        using var missing = new FaissVectorStore(Path.Combine(temporary.Path, "no", "folder.db"));
        await ExpectAsync(missing, "cannot be opened");
    }

    [Fact]
    public async Task A_full_database_stores_nothing_of_a_batch()
    {
        using var temporary = new TemporaryStore();
        var items = await CreateAsync(temporary.Store);
        await items.UpsertAsync(Item("a", 1, 2, 3, 4));
        temporary.Store.MaxPages = 40;
        var error = await Assert.ThrowsAsync<VectorStoreException>(() => items.UpsertAsync(Enumerable.Range(0, 20_000).Select(i => Item($"key {i}", 1, i + 1, 3, 4))));
        Assert.Contains("disk is full", error.Message, StringComparison.Ordinal);
        Assert.Single(await items.SearchAsync(new float[] { 1, 2, 3, 4 }, 10).ToListAsync());
        Assert.Single(await items.GetAsync(item => true, 10).ToListAsync());
    }

    [Fact]
    public async Task Another_definition_of_a_collection_is_refused_by_what_differs()
    {
        using var temporary = new TemporaryStore();
        await CreateAsync(temporary.Store);
        await ExpectDifferenceAsync("4 CosineSimilarity, and the definition says 5", new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(float[]), 5));
        await ExpectDifferenceAsync("EuclideanDistance", new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(float[]), 4) { DistanceFunction = DistanceFunction.EuclideanDistance });
        await ExpectDifferenceAsync("key 'Id' is String, and the definition says Int64", new VectorStoreKeyProperty("Id", typeof(long)), new VectorStoreVectorProperty("Vector", typeof(float[]), 4));
        await ExpectDifferenceAsync("lacks the vector property 'Other'", new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(float[]), 4), new VectorStoreVectorProperty("Other", typeof(float[]), 4));

        async Task ExpectDifferenceAsync(string message, params VectorStoreProperty[] properties)
        {
            var other = temporary.Store.GetDynamicCollection("items", new VectorStoreCollectionDefinition { Properties = [.. properties] });
            var error = await Assert.ThrowsAsync<VectorStoreException>(() => other.EnsureCollectionExistsAsync());
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Definitions_that_no_index_supports_are_refused()
    {
        using var temporary = new TemporaryStore();
        Assert.Contains("HammingDistance", Refuse<NotSupportedException>(vector => vector.DistanceFunction = DistanceFunction.HammingDistance), StringComparison.Ordinal);
        Assert.Contains("DiskAnn", Refuse<NotSupportedException>(vector => vector.IndexKind = IndexKind.DiskAnn), StringComparison.Ordinal);
        Assert.Contains("ManhattanDistance", Refuse<NotSupportedException>(vector => (vector.IndexKind, vector.DistanceFunction) = (IndexKind.QuantizedFlat, DistanceFunction.ManhattanDistance)), StringComparison.Ordinal);
        Assert.Contains("'Nonsense'", FaissLibrary.IsAvailable ? Refuse<ArgumentException>(vector => vector.ProviderAnnotations = new() { [FaissAnnotations.Factory] = "Nonsense" }) : Refuse<VectorStoreException>(vector => vector.ProviderAnnotations = new() { [FaissAnnotations.Factory] = "Nonsense" }), StringComparison.Ordinal);
        if (FaissLibrary.IsAvailable)
        {
            Assert.Contains("Leave the ID map out", Refuse<ArgumentException>(vector => vector.ProviderAnnotations = new() { [FaissAnnotations.Factory] = "IDMap,Flat" }), StringComparison.Ordinal);
        }

        Assert.Contains("at least 1", Refuse<ArgumentException>(vector => vector.ProviderAnnotations = new() { [FaissAnnotations.NProbe] = 0 }), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new FaissVectorStore(":memory:"));
        Assert.Throws<ArgumentException>(() => new FaissVectorStore(" "));

        string Refuse<TException>(Action<VectorStoreVectorProperty> change)
            where TException : Exception
        {
            var vector = new VectorStoreVectorProperty("Vector", typeof(float[]), 4);
            change(vector);
            return Assert.Throws<TException>(() => temporary.Store.GetDynamicCollection("items", new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(string)), vector] })).Message;
        }
    }

    [Fact]
    public async Task A_store_that_is_disposed_during_searches_ends_them_cleanly()
    {
        using var temporary = new TemporaryStore();
        var items = await CreateAsync(temporary.Store);
        await items.UpsertAsync(Enumerable.Range(1, 2000).Select(i => Item($"key {i}", i, 1, 2, 3)));
        await items.OptimizeAsync();
        Task[] searches = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    Assert.Equal(10, await items.SearchAsync(new float[] { 1, 2, 3, 4 }, 10).CountAsync());
                }
            }
            catch (ObjectDisposedException)
            {
            }
        }))];
        await Task.Delay(50);
        temporary.Store.Dispose();
        await Task.WhenAll(searches);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => items.GetAsync("key 1"));
    }

    [Fact]
    public async Task Operations_on_a_missing_collection_say_how_to_create_it()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        foreach (var operation in new Func<Task>[] { () => hotels.GetAsync(1), () => hotels.UpsertAsync(Hotel.Create(1, 1, 2, 3, 4)), () => hotels.DeleteAsync(1), async () => await hotels.SearchAsync(new float[4], 1).ToListAsync(), () => hotels.OptimizeAsync() })
        {
            var error = await Assert.ThrowsAsync<VectorStoreException>(operation);
            Assert.Contains("EnsureCollectionExistsAsync", error.Message, StringComparison.Ordinal);
        }
    }

    private static async Task ExpectAsync(FaissVectorStore store, string message)
    {
        var error = await Assert.ThrowsAsync<VectorStoreException>(() => store.CollectionExistsAsync("x"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task<FaissDynamicCollection> CreateAsync(FaissVectorStore store)
    {
        var items = store.GetDynamicCollection("items", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(float[]), 4)],
        });
        await items.EnsureCollectionExistsAsync();
        return items;
    }

    private static Dictionary<string, object?> Item(string id, params float[] vector) => new() { ["Id"] = id, ["Vector"] = vector };
}
