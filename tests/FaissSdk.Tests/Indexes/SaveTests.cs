using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

public sealed class SaveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder.File("index");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Save_throws_when_the_folder_is_missing()
    {
        Tests.Native.Require();
        using var index = new IndexFlatL2(2);
        var path = Path.Combine(_folder.Path, "absent", "index");
        Assert.StartsWith($"'{path}'", Assert.Throws<DirectoryNotFoundException>(() => index.Save(path)).Message);
    }

    [Fact]
    public void Save_throws_when_the_path_is_a_folder()
    {
        Tests.Native.Require();
        using var index = new IndexFlatL2(2);
        Assert.Contains(_folder.Path, Assert.Throws<UnauthorizedAccessException>(() => index.Save(_folder.Path)).Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_failed_write_leaves_only_the_old_file()
    {
        File.WriteAllText(Target, "old");
        Assert.Throws<IOException>(() => AtomicFile.Write(Target, temporary =>
        {
            File.WriteAllText(temporary, "half");
            throw new IOException("full");
        }));
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Single(_folder.Names);
    }

    [Fact]
    public void The_old_file_stays_until_the_new_one_is_complete()
    {
        File.WriteAllText(Target, "old");
        AtomicFile.Write(Target, temporary =>
        {
            File.WriteAllText(temporary, "new");
            Assert.Equal("old", File.ReadAllText(Target));
        });
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Single(_folder.Names);
    }

    [Fact]
    public void A_symbolic_link_is_written_through()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links want privileges there.");
        var link = _folder.File("link");
        File.WriteAllText(Target, "old");
        File.CreateSymbolicLink(link, Target);
        AtomicFile.Write(link, temporary => File.WriteAllText(temporary, "new"));
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void A_device_is_not_replaced() =>
        Assert.Contains("/dev/null", Assert.Throws<IOException>(() => AtomicFile.Write("/dev/null", _ => Assert.Fail("It was written."))).Message);

    [Fact]
    public void A_file_name_of_maximum_length_is_written()
    {
        var path = _folder.File(new string('n', 255));
        AtomicFile.Write(path, temporary => File.WriteAllText(temporary, "new"));
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void Save_throws_when_the_disk_is_full()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        Tests.Native.Require();
        using var small = new IndexFlatL2(2);
        small.Add(new float[20]);
        var error = Assert.Throws<IOException>(() => CFile.Write("/dev/full", stream => Write(small, stream)));
        Assert.Contains("/dev/full", error.Message);
        using var large = new IndexFlatL2(2);
        large.Add(new float[2_000_000]);
        Assert.Throws<FaissException>(() => CFile.Write("/dev/full", stream => Write(large, stream)));
    }

    [Fact]
    public void Load_throws_when_the_file_is_missing()
    {
        Tests.Native.Require();
        Assert.Throws<FileNotFoundException>(() => FaissIndex.Load(Target));
        Assert.Throws<UnauthorizedAccessException>(() => FaissIndex.Load(_folder.Path));
        Assert.Throws<ArgumentException>(() => FaissIndex.Load(""));
    }

    [Fact]
    public void Load_rejects_a_file_without_an_index()
    {
        Tests.Native.Require();
        File.WriteAllBytes(Target, TestContext.Current.Test!.UniqueID.Select(c => (byte)c).ToArray());
        var error = Assert.Throws<FaissException>(() => FaissIndex.Load(Target));
        Assert.Contains(Target, error.Message);
    }

    [Theory]
    [InlineData(IndexReadOptions.Mmap | IndexReadOptions.ReadOnly, true)]
    [InlineData(IndexReadOptions.None, false)]
    [InlineData((IndexReadOptions)1, false)]
    public void Only_the_Mmap_flag_maps_the_file(IndexReadOptions flags, bool mapped)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Mappings are read from /proc.");
        Tests.Native.Require();
        var vectors = TestData.Uniform(700, 16);
        using var index = FaissIndex.Create(16, "IVF4,Flat");
        index.Train(vectors);
        index.Add(vectors);
        index.Save(Target);
        using var loaded = FaissIndex.Load(Target, flags);
        Assert.Equal(mapped, File.ReadLines("/proc/self/maps").Any(line => line.EndsWith(Target, StringComparison.Ordinal)));
        Assert.Equal(index.Search(vectors, 3).Ids, loaded.Search(vectors, 3).Ids);
    }

    private static unsafe void Write(IndexFlatL2 index, nint stream)
    {
        using var lease = index.Handle.Acquire(index);
        Status.ThrowIfFailed(FaissSdk.Interop.FaissNative.faiss_write_index(lease.Pointer, (void*)stream));
    }
}
