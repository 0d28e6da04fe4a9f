using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

public sealed class SaveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder.File("index");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_folder_is_an_exception()
    {
        Tests.Native.Require();
        using var index = new IndexFlatL2(2);
        var path = Path.Combine(_folder.Path, "absent", "index");
        Assert.StartsWith($"'{path}'", Assert.Throws<DirectoryNotFoundException>(() => index.Save(path)).Message);
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_an_exception()
    {
        Tests.Native.Require();
        using var index = new IndexFlatL2(2);
        Assert.Contains(_folder.Path, Assert.Throws<UnauthorizedAccessException>(() => index.Save(_folder.Path)).Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_failure_leaves_the_old_file_whole_and_nothing_beside_it()
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
    public void A_reader_sees_the_old_file_until_the_new_one_is_whole()
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
    public void A_link_stays_a_link()
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
    public void A_name_of_the_full_length_can_be_written()
    {
        var path = _folder.File(new string('n', 255));
        AtomicFile.Write(path, temporary => File.WriteAllText(temporary, "new"));
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_full_disk_is_an_exception()
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
    public void Loading_what_is_not_there_is_an_exception()
    {
        Tests.Native.Require();
        Assert.Throws<FileNotFoundException>(() => FaissIndex.Load(Target));
        Assert.Throws<UnauthorizedAccessException>(() => FaissIndex.Load(_folder.Path));
        Assert.Throws<ArgumentException>(() => FaissIndex.Load(""));
    }

    [Fact]
    public void A_foreign_file_is_refused()
    {
        Tests.Native.Require();
        File.WriteAllBytes(Target, TestContext.Current.Test!.UniqueID.Select(c => (byte)c).ToArray());
        var error = Assert.Throws<FaissException>(() => FaissIndex.Load(Target));
        Assert.Contains(Target, error.Message);
    }

    [Theory]
    [InlineData(IndexReadOptions.Mmap | IndexReadOptions.ReadOnly, true)]
    [InlineData(IndexReadOptions.None, false)]
    public void Only_the_Mmap_option_maps_the_file(IndexReadOptions flags, bool mapped)
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

    [Theory]
    [InlineData((IndexReadOptions)1)]
    [InlineData((IndexReadOptions)8)]
    [InlineData((IndexReadOptions)0x646F0000)]
    [InlineData((IndexReadOptions)32)]
    [InlineData((IndexReadOptions)(-1))]
    public void Options_that_are_not_defined_are_refused(IndexReadOptions options)
    {
        Tests.Native.Require();
        using var index = new IndexFlatL2(2);
        index.Save(Target);
        using var stream = File.OpenRead(Target);
        Assert.Equal("options", Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.Load(Target, options)).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.Load(stream, options)).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.Deserialize(index.Serialize(), options)).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentOutOfRangeException>(() => IndexBinary.Load(Target, options)).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentOutOfRangeException>(() => IndexBinary.Load(stream, options)).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentOutOfRangeException>(() => IndexBinary.Deserialize(new byte[4], options)).ParamName);
    }

    private static unsafe void Write(IndexFlatL2 index, nint stream)
    {
        using var lease = index.Handle.Acquire(index);
        Status.ThrowIfFailed(FaissSdk.Interop.FaissNative.faiss_write_index(lease.Pointer, (void*)stream));
    }
}
