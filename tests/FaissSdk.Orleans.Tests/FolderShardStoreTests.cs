namespace FaissSdk.Orleans.Tests;

/// <summary>The store of a folder creates complete files, each once.</summary>
public sealed class FolderShardStoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"faiss-sdk-store-{Path.GetRandomFileName()}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task Of_writers_of_one_name_one_wins()
    {
        var store = new FolderShardStore(_folder);
        for (var round = 0; round < 20; round++)
        {
            var name = $"a/{round}";
            var won = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => store.TryWriteAsync(name, async (file, cancellation) =>
            {
                await file.WriteAsync(new byte[] { (byte)i }, cancellation);
                await Task.Delay(20, cancellation);
            })));
            var winner = Assert.Single(Enumerable.Range(0, 16), i => won[i]);
            await using var read = await store.OpenReadAsync(name);
            Assert.Equal(winner, read.ReadByte());
            Assert.Equal([name], await store.ListAsync(name));
            Assert.False(await store.TryWriteAsync(name, (_, _) => Task.CompletedTask));
        }

        Assert.Equal(20, Directory.GetFiles(Path.Combine(_folder, "a"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_no_file()
    {
        var store = new FolderShardStore(_folder);
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.TryWriteAsync("a", (file, _) =>
        {
            file.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories), file => Path.GetFileName(file) is not ".faiss-shards");
        await Assert.ThrowsAsync<FileNotFoundException>(() => store.OpenReadAsync("a"));
        await Assert.ThrowsAsync<FileNotFoundException>(() => store.OpenReadAsync("b/a"));
        await store.DeleteAsync("a");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_reported_as_it_is()
    {
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "");
        var error = await Assert.ThrowsAsync<IOException>(() => new FolderShardStore(Path.Combine(_folder, "file")).TryWriteAsync("a", (_, _) => Task.CompletedTask));
        Assert.Contains("file", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_whose_folder_is_gone_is_neither_empty_nor_made_again()
    {
        var store = new FolderShardStore(_folder);
        await store.TryWriteAsync("a/b", (_, _) => Task.CompletedTask);
        Directory.Move(_folder, $"{_folder}-away");
        try
        {
            foreach (var call in (Func<Task>[])[() => store.ListAsync("a/"), () => store.OpenReadAsync("a/b"), () => store.DeleteAsync("a/b"), () => store.TryWriteAsync("a/c", (_, _) => Task.CompletedTask)])
            {
                Assert.Contains("Mount it again", (await Assert.ThrowsAsync<IOException>(call)).Message, StringComparison.Ordinal);
            }

            Assert.False(Directory.Exists(_folder));
        }
        finally
        {
            Directory.Move($"{_folder}-away", _folder);
        }

        Assert.Equal(["a/b"], await store.ListAsync("a/"));
        Assert.Equal(["a/b"], await store.ListAsync(""));
    }

    [Fact]
    public async Task A_store_without_a_mark_is_used_and_marked_by_the_first_file()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "a"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "a", "b"), "");
        var store = new FolderShardStore(_folder);
        Assert.Equal(["a/b"], await store.ListAsync("a/"));
        Assert.Empty(await store.ListAsync("b/"));
        Assert.True(await store.TryWriteAsync("a/c", (_, _) => Task.CompletedTask));
        Assert.True(File.Exists(Path.Combine(_folder, ".faiss-shards")));
        Assert.Equal(["a/b", "a/c"], await store.ListAsync(""));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_is_not_empty()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links to themselves are errors of other systems.");
        Directory.CreateDirectory(_folder);
        File.CreateSymbolicLink(Path.Combine(_folder, "a"), "a");
        await Assert.ThrowsAnyAsync<IOException>(() => new FolderShardStore(_folder).ListAsync("a/"));
    }

    [Fact]
    public async Task Files_of_writers_that_ended_are_deleted_a_day_later()
    {
        var folder = Path.Combine(_folder, "a");
        Directory.CreateDirectory(folder);
        var (left, underWay) = (Path.Combine(folder, ".left.tmp"), Path.Combine(folder, ".running.tmp"));
        await File.WriteAllTextAsync(left, "");
        await File.WriteAllTextAsync(underWay, "");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-25));
        await new FolderShardStore(_folder).TryWriteAsync("a/b", (_, _) => Task.CompletedTask);
        Assert.False(File.Exists(left));
        Assert.True(File.Exists(underWay));
    }

    [Fact]
    public void A_file_that_has_the_name_already_was_moved()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There, files are renamed.");
        Directory.CreateDirectory(_folder);
        var (file, target) = (Path.Combine(_folder, "file"), Path.Combine(_folder, "target"));
        File.WriteAllText(file, "");
        using (var link = System.Diagnostics.Process.Start("ln", [file, target]))
        {
            link.WaitForExit();
        }

        // A network file system may repeat a call that has linked the file, and then finds it there.
        Assert.True(ExclusiveMove.TryMove(file, target));
        Assert.False(File.Exists(file));
        File.WriteAllText(file, "");
        Assert.False(ExclusiveMove.TryMove(file, target));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../a")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a/.b")]
    [InlineData("a b")]
    public async Task A_name_that_leaves_the_folder_is_refused(string name)
    {
        var store = new FolderShardStore(_folder);
        await Assert.ThrowsAsync<ArgumentException>(() => store.TryWriteAsync(name, (_, _) => Task.CompletedTask));
        await Assert.ThrowsAsync<ArgumentException>(() => store.OpenReadAsync(name));
        Assert.ThrowsAny<ArgumentException>(() => store.GetPath(name));
    }
}
