using System.Text;
using FaissSdk.Native;
using FaissSdk.Tests.Indexes;

namespace FaissSdk.Tests.Files;

public sealed class FileNameTests : IDisposable
{
    private const int Dimension = 8;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => ["index", "ä ß €", "индекс", "索引", "\U0001F50E"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_of_any_script_is_written_and_read(string name)
    {
        Native.Require();
        var path = _folder.File(name + ".faiss");
        using var index = Filled();
        index.Save(path);
        using var loaded = FaissIndex.Load(path);
        Assert.Equal(index.Count, loaded.Count);

        Assert.Equal([name + ".faiss"], _folder.Names);

        using var other = new TemporaryFolder();
        using var binary = IndexBinary.Load(BinaryVectors.Write("BFlat", 64, BinaryVectors.Random(10, 64), other.Path));
        binary.Save(path);
        using var read = IndexBinary.Load(path);
        Assert.Equal(10, read.Count);
    }

    [Fact]
    public void A_path_of_500_characters_is_written_and_read()
    {
        Native.Require();
        var folder = _folder.CreateFolder(Path.Combine(new string('a', 200), new string('b', 200), new string('ö', 60)));
        var path = Path.Combine(folder, "index.faiss");
        Assert.True(path.Length > 460);
        using var index = Filled();
        index.Save(path);
        index.Save(path);
        using var loaded = FaissIndex.Load(path);
        Assert.Equal(index.Count, loaded.Count);
        Assert.Equal(index.Count, FaissIndex.Deserialize(loaded.Serialize()).Count);
    }

    [Fact]
    public void A_file_that_another_program_holds_stays_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Only Windows keeps a file from being replaced while it is open.");
        Native.Require();
        var path = _folder.File("index");
        File.WriteAllText(path, "old");
        using var index = Filled();
        foreach (var share in (FileShare[])[FileShare.None, FileShare.Read, FileShare.ReadWrite])
        {
            using (new FileStream(path, FileMode.Open, FileAccess.Read, share))
            {
                Assert.Contains(path, Assert.Throws<IOException>(() => index.Save(path)).Message);
            }

            Assert.Equal("old", File.ReadAllText(path));
            Assert.Equal(["index"], _folder.Names);
        }

        index.Save(path);
        using var loaded = FaissIndex.Load(path);
        Assert.Equal(index.Count, loaded.Count);
    }

    [Fact]
    public void A_mapped_file_is_refused_on_Windows()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Other systems map files.");
        Native.Require();
        using var index = Filled();
        index.Save(_folder.File("index"));
        Assert.Contains("Mmap", Assert.Throws<NotSupportedException>(() => FaissIndex.Load(_folder.File("index"), IndexReadOptions.Mmap)).Message);
    }

    [Fact]
    public void Lists_on_disk_are_refused_on_Windows()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Other systems have lists on disk.");
        Native.Require();
        using var index = FaissIndex.Create(Dimension, "IVF2,Flat");
        index.Train(TestData.Uniform(100, Dimension));
        var bytes = index.Serialize();
        var lists = bytes.AsSpan().IndexOf("ilar"u8);
        Assert.True(lists > 0);
        Encoding.ASCII.GetBytes("ilod", bytes.AsSpan(lists));
        var path = _folder.Write("index", bytes);
        Assert.Contains("inverted lists", Assert.Throws<NotSupportedException>(() => FaissIndex.Load(path)).Message);
        Assert.Contains("inverted lists", Assert.Throws<NotSupportedException>(() => FaissIndex.Deserialize(bytes)).Message);
    }

    [Fact]
    public void Only_long_paths_are_passed_without_limit()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Other systems know no such limit.");
        var tail = new string('x', 255);
        Assert.Equal(@"C:\index", WindowsFile.WithoutLimit(@"C:\folder\..\index"));
        Assert.Equal(@"\\?\C:\folder\" + tail, WindowsFile.WithoutLimit(@"C:\folder\" + tail));
        Assert.Equal(@"\\?\UNC\server\share\" + tail, WindowsFile.WithoutLimit(@"\\server\share\" + tail));
        Assert.Equal(@"\\?\C:\folder\" + tail, WindowsFile.WithoutLimit(@"\\?\C:\folder\" + tail));
    }

    private static IndexFlatL2 Filled()
    {
        var index = new IndexFlatL2(Dimension);
        index.Add(TestData.Uniform(20, Dimension));
        return index;
    }
}
