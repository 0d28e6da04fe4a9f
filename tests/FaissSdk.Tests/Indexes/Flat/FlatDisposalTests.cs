namespace FaissSdk.Tests.Indexes;

/// <summary>Tests that disposing an exact index lets calls under way finish.</summary>
public sealed class FlatDisposalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_save_under_way_writes_all_vectors()
    {
        var index = new ManagedFlatIndex(4);
        index.AddWithIds(TestData.Uniform(100, 4), [.. Enumerable.Range(7, 100)]);
        using var expected = new MemoryStream();
        index.Save(expected);
        var pipe = NamedPipe.Create(_folder.File("index.faiss"));

        // Opening a pipe to write waits for a reader.
        var save = Task.Run(() => SaveBesideChanges(index, pipe), TestContext.Current.CancellationToken);
        while (!IsRead(index))
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Reconstruct(7));
        Assert.Equal(expected.ToArray(), await File.ReadAllBytesAsync(pipe, TestContext.Current.CancellationToken));
        await save;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_removal_under_way_removes_by_ids(bool isManaged)
    {
        var index = isManaged ? new ManagedFlatIndex(2) : FlatIndex.Create(2);
        index.AddWithIds([1, 2, 3, 4, 5, 6], [70, 80, 90]);
        var asked = new List<long>();
        Assert.Equal(1, index.Remove(IdFilter.FromPredicate(id =>
        {
            asked.Add(id);
            index.Dispose();
            return id == 80;
        })));
        Assert.Equal([70, 80, 90], asked);
        Assert.Throws<ObjectDisposedException>(() => index.Remove(70));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_search_under_way_finds_by_ids(bool isManaged)
    {
        Assert.SkipUnless(isManaged || FaissLibrary.IsAvailable, "The native library is absent.");
        var index = isManaged ? ManagedFlatIndex.CreateCosine(2) : FlatIndex.CreateCosine(2);
        index.AddWithIds([1, 2, 3, 4, 5, 6], [70, 80, 90]);
        var filter = IdFilter.FromPredicate(id =>
        {
            index.Dispose();
            return id != 80;
        });
        Assert.Equal([90, 70], index.Search([5, 6], 2, filter).Ids);
        Assert.Throws<ObjectDisposedException>(() => index.Search([5, 6], 2));
    }

    [Fact]
    public void What_an_object_holds_is_freed_once_after_the_last_call()
    {
        var freed = 0;
        var guard = new CallGuard(this, () => freed++);
        guard.BeginRead("first");
        guard.BeginRead("second");
        guard.Dispose();
        Assert.Throws<ObjectDisposedException>(() => guard.BeginRead("third"));
        guard.EndRead();
        Assert.Equal(0, freed);
        guard.EndRead();
        Assert.Equal(1, freed);
        guard.Dispose();
        Assert.Equal(1, freed);
        Assert.Throws<ObjectDisposedException>(() => guard.BeginChange("fourth"));
    }

    [Fact]
    public void A_change_under_way_frees_what_an_object_holds_when_it_ends()
    {
        var freed = 0;
        var guard = new CallGuard(this, () => freed++);
        guard.BeginChange("first");
        guard.Dispose();
        Assert.Equal(0, freed);
        guard.EndChange();
        Assert.Equal(1, freed);
        Assert.Throws<ObjectDisposedException>(() => guard.BeginRead("second"));
    }

    private static void SaveBesideChanges(ManagedFlatIndex index, string path)
    {
        while (true)
        {
            try
            {
                index.Save(path);
                return;
            }
            catch (InvalidOperationException e) when (e is not ObjectDisposedException)
            {
                // A change of the other thread was under way.
            }
        }
    }

    // Only a call under way refuses a change.
    private static bool IsRead(ManagedFlatIndex index) => Record.Exception(() => index.Remove(-1)) is InvalidOperationException;
}
