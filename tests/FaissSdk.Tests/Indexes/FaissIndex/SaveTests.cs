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
    public void A_character_device_is_written_and_not_replaced()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "There is no /dev/null.");
        var written = "";
        AtomicFile.Write("/dev/null", path => File.WriteAllText(written = path, "new"));
        Assert.Equal("/dev/null", written);
        Assert.Equal("", File.ReadAllText("/dev/null"));
    }

    [Fact]
    public async Task A_named_pipe_is_written_and_stays_a_pipe()
    {
        Tests.Native.Require();
        NamedPipe.Create(Target);
        using var index = new IndexFlatL2(2);
        index.Add(new float[6]);
        var read = Task.Run(() => File.ReadAllBytes(Target));
        index.Save(Target);
        Assert.Equal(index.Serialize(), await read.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        NamedPipe.Run("test", "-p", Target);
        Assert.Single(_folder.Names);
    }

    [Fact]
    public async Task An_index_is_loaded_from_a_named_pipe()
    {
        Tests.Native.Require();
        NamedPipe.Create(Target);
        using var index = new IndexFlatL2(2);
        index.Add(new float[6]);
        var load = Task.Run(() => FaissIndex.Load(Target));
        await Task.Run(() => File.WriteAllBytes(Target, index.Serialize())).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var loaded = await load.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(3, loaded.Count);
    }

    [Fact]
    public void A_file_in_memory_is_replaced_as_a_whole()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "There is no /dev/shm.");
        var path = $"/dev/shm/faiss-sdk-{Guid.NewGuid():N}";
        try
        {
            AtomicFile.Write(path, temporary => File.WriteAllText(temporary, "old"));
            AtomicFile.Write(path, temporary =>
            {
                File.WriteAllText(temporary, "new");
                Assert.Equal("old", File.ReadAllText(path));
            });
            Assert.Equal("new", File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void An_open_file_below_proc_is_written_directly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are named below /proc there.");
        File.WriteAllText(Target, "old");
        using var open = new FileStream(Target, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(Target);
        AtomicFile.Write($"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}", path => File.WriteAllText(path, "new"));
        Assert.Equal("new", new StreamReader(open).ReadToEnd());
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Links_in_a_circle_are_an_exception()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links want privileges there.");
        File.CreateSymbolicLink(Target, _folder.File("other"));
        File.CreateSymbolicLink(_folder.File("other"), Target);
        Assert.Throws<IOException>(() => AtomicFile.Write(Target, _ => Assert.Fail("It was written.")));
        Assert.Equal(["index", "other"], _folder.Names);
    }

    [Fact]
    public void A_link_to_a_missing_file_creates_that_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links want privileges there.");
        var link = _folder.File("link");
        File.CreateSymbolicLink(link, "index");
        AtomicFile.Write(link, temporary => File.WriteAllText(temporary, "new"));
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal("index", new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void Other_hard_links_keep_the_old_content()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Created by ln.");
        File.WriteAllText(Target, "old");
        NamedPipe.Run("ln", Target, _folder.File("other"));
        AtomicFile.Write(Target, temporary => File.WriteAllText(temporary, "new"));
        Assert.Equal(("new", "old"), (File.ReadAllText(Target), File.ReadAllText(_folder.File("other"))));
    }

    [Fact]
    public void The_mode_of_the_file_stays_and_protects_the_temporary_file()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("There are no modes.");
            return;
        }

        File.WriteAllText(Target, "old");
        File.SetUnixFileMode(Target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        AtomicFile.Write(Target, temporary =>
        {
            File.WriteAllText(temporary, "new");
            Assert.True(!OperatingSystem.IsWindows() && File.GetUnixFileMode(temporary) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
        File.SetUnixFileMode(Target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        AtomicFile.Write(Target, temporary => File.WriteAllText(temporary, "new"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(Target));
    }

    [Fact]
    public void The_owner_of_the_file_stays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only a privileged process can give files away.");
        File.WriteAllText(Target, "old");
        NamedPipe.Run("chown", "4321:8765", Target);
        AtomicFile.Write(Target, temporary => File.WriteAllText(temporary, "new"));
        Assert.Equal("new", File.ReadAllText(Target));
        NamedPipe.Run("sh", "-c", "test \"$(stat -c %u:%g \"$0\")\" = 4321:8765", Target);
    }

    [Fact]
    public void A_write_protected_file_is_not_replaced()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("A privileged process can write every file.");
            return;
        }

        File.WriteAllText(Target, "old");
        File.SetUnixFileMode(Target, UnixFileMode.UserRead);
        var e = Assert.Throws<UnauthorizedAccessException>(() => AtomicFile.Write(Target, _ => Assert.Fail("It was written.")));
        Assert.Contains("write-protected", e.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Target));
    }

    [Fact]
    public void A_folder_without_files_is_named_with_the_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc, a folder that even a privileged process cannot write to.");
        var e = Assert.ThrowsAny<IOException>(() => AtomicFile.Write("/proc/x.faiss", _ => Assert.Fail("It was written.")));
        Assert.StartsWith("'/proc/x.faiss' cannot be written: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", e.Message, StringComparison.Ordinal);
    }

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
        Assert.Equal($"'{_folder.Path}' is a directory; name the file in it.", Assert.Throws<UnauthorizedAccessException>(() => FaissIndex.Load(_folder.Path)).Message);
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
