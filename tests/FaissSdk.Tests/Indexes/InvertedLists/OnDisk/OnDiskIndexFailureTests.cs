using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FaissSdk.Tests.Indexes;

public class OnDiskIndexFailureTests
{
    private const int Dimension = OnDiskSample.Dimension;
    private const int Size = OnDiskSample.Size;

    [Theory]
    [InlineData("Flat", "IndexFlat")]
    [InlineData("IDMap,IVF16,Flat", "leave out the map")]
    [InlineData("IVF16,PQ4x4fs", "IndexIVFPQFastScan")]
    [InlineData("IVF16,PQ4+4", "IndexIVFPQR")]
    [InlineData("IVF16,FlatDedup", "IndexIVFFlatDedup")]
    [InlineData("IVF16,Flat,RFlat", "IndexRefine")]
    [InlineData("PCA4,HNSW8", "IndexHNSW")]
    public void A_kind_that_is_not_mapped_is_refused_by_name(string description, string expected)
    {
        using var sample = new OnDiskSample(description);
        Assert.Contains(expected, Assert.Throws<NotSupportedException>(() => sample.Builder()).Message);
    }

    [Fact]
    public void Untrained_and_filled_indexes_are_refused()
    {
        using var sample = new OnDiskSample();
        using var untrained = FaissIndex.Create(Dimension, "IVF16,Flat");
        Assert.Throws<InvalidOperationException>(() => new OnDiskIndexBuilder(untrained, sample.Path, OnDiskSample.MinMemory));
        sample.Trained.Add(sample.Vectors);
        Assert.Contains("30000 vectors", Assert.Throws<ArgumentException>("trained", () => sample.Builder()).Message);
    }

    [Fact]
    public void Existing_files_stay_and_missing_folders_are_named()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        builder.Add(sample.Vectors);
        foreach (var path in (string[])[sample.Path, sample.ListsPath])
        {
            File.WriteAllText(path, "mine");
            Assert.Contains(path, Assert.Throws<IOException>(() => sample.Builder()).Message);
            Assert.Contains(path, Assert.Throws<IOException>(() => builder.Build()).Message);
            Assert.Equal("mine", File.ReadAllText(path));
            File.Delete(path);
        }

        Assert.Throws<DirectoryNotFoundException>(() => new OnDiskIndexBuilder(sample.Trained, sample.Folder.File("absent/vectors.faiss"), OnDiskSample.MinMemory));
        Assert.Throws<ArgumentException>("path", () => new OnDiskIndexBuilder(sample.Trained, sample.ListsPath, OnDiskSample.MinMemory));
        builder.Build().Dispose();
        Assert.Equal(["vectors.faiss", "vectors.ivfdata"], sample.Folder.Names);
    }

    [Fact]
    public void Nothing_can_be_built_of_no_vectors()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        builder.Add([]);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
        Assert.Empty(sample.Folder.Names);
    }

    [Fact]
    public void Wrong_vectors_add_nothing()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        var vectors = sample.Vectors[..];
        vectors[^1] = float.NaN;
        Assert.Throws<ArgumentException>("vectors", () => builder.Add(vectors));
        Assert.Throws<ArgumentException>("vectors", () => builder.Add(vectors.AsSpan(1)));
        Assert.Throws<ArgumentException>("ids", () => builder.Add(sample.Vectors, new long[3]));
        Assert.Throws<ArgumentOutOfRangeException>("ids", () => builder.Add(sample.Vectors.AsSpan(0, Dimension), [-1]));
        Assert.Equal(0, builder.Count);
    }

    [Fact]
    public void A_canceled_addition_keeps_what_it_counts()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        using var source = new CancellationTokenSource();
        var vectors = TestData.Uniform(2_000_000, Dimension);
        var adding = Task.Run(() => builder.Add(vectors, source.Token));
        SpinWait.SpinUntil(() => builder.Count > 0);
        source.Cancel();
        var error = Assert.Throws<AddCanceledException>(() => adding.GetAwaiter().GetResult());
        Assert.InRange(error.AddedCount, 1, 1_999_999);
        Assert.Equal(error.AddedCount, builder.Count);
        Assert.Equal(0, Assert.Throws<AddCanceledException>(() => builder.Add(vectors, source.Token)).AddedCount);
        using var index = builder.Build();
        Assert.Equal(error.AddedCount, index.Count);
    }

    [Fact]
    public void A_canceled_build_leaves_no_file_and_can_be_repeated()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        builder.Add(sample.Vectors);
        Assert.Empty(sample.Folder.Names);
        using var source = new CancellationTokenSource();
        var seen = new List<int>();
        Assert.Throws<OperationCanceledException>(() => builder.Build(
            new Reporter(part =>
            {
                seen.Add(sample.Folder.Names.Length);
                if (part > 0.5)
                {
                    source.Cancel();
                }
            }),
            source.Token));
        Assert.Contains(1, seen);
        Assert.Empty(sample.Folder.Names);
        Assert.Throws<InvalidTimeZoneException>(() => builder.Build(new Reporter(_ => throw new InvalidTimeZoneException())));
        Assert.Empty(sample.Folder.Names);
        using var index = builder.Build();
        Assert.Equal(Size, index.Count);
    }

    [Fact]
    public void Disposal_ends_a_call_and_leaves_no_file()
    {
        using var sample = new OnDiskSample();
        var builder = sample.Builder();
        builder.Add(sample.Vectors);
        Assert.Throws<ObjectDisposedException>(() => builder.Build(new Reporter(_ => builder.Dispose())));
        Assert.Empty(sample.Folder.Names);
        Assert.Throws<ObjectDisposedException>(() => builder.Add(sample.Vectors));
        Assert.Throws<ObjectDisposedException>(() => builder.Build());
        builder.Dispose();
    }

    [Fact]
    public void Calls_beside_another_one_are_refused()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        builder.Add(sample.Vectors);
        using var index = builder.Build(new Reporter(_ =>
        {
            Assert.Contains("Build is under way", Assert.Throws<InvalidOperationException>(() => builder.Add(sample.Vectors)).Message);
            Assert.Throws<InvalidOperationException>(() => builder.Build());
        }));
        Assert.Equal(Size, index.Count);
    }

    [Fact]
    public void A_limit_of_file_sizes_does_not_end_the_process()
    {
        Native.RequireMapping();
        ChildProcess.Run(BuildWithinLimit).AssertReturned();
    }

    [Fact]
    public void A_full_disk_keeps_the_vectors()
    {
        Native.RequireMapping();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test mounts a small tmpfs.");
        using var sample = new OnDiskSample();
        var disk = sample.Folder.CreateFolder("disk");
        Assert.SkipUnless(Mount("-t", "tmpfs", "-o", "size=512k", "tmpfs", disk), "Mounting a file system is not permitted.");
        try
        {
            var kept = Path.Combine(disk, "kept");
            File.WriteAllText(kept, "kept");
            using var builder = new OnDiskIndexBuilder(sample.Trained, Path.Combine(disk, "vectors.faiss"), OnDiskSample.MinMemory);

            // The first shard has 874 kB.
            Assert.Throws<IOException>(() => builder.Add(sample.Vectors));
            Assert.InRange(builder.Count, 1, Size - 1);
            Assert.Equal([kept], Directory.GetFileSystemEntries(disk));
            Assert.True(Mount("-o", "remount,size=2m", disk));
            builder.Add(sample.Vectors.AsSpan((int)builder.Count * Dimension));

            // The shards and the result have 1.2 MB each.
            Assert.Throws<IOException>(() => builder.Build());
            Assert.Equal([kept], Directory.GetFileSystemEntries(disk));
            Assert.True(Mount("-o", "remount,size=8m", disk));
            using (var index = builder.Build())
            {
                using var expected = sample.InMemory();
                Assert.Equal(expected.Search(sample.Vectors.AsSpan(0, 80), 5).Ids, index.Search(sample.Vectors.AsSpan(0, 80), 5).Ids);
            }

            Assert.Equal("kept", File.ReadAllText(kept));
        }
        finally
        {
            using var unmount = Process.Start("umount", ["-l", disk]);
            unmount.WaitForExit();
        }
    }

    private static void BuildWithinLimit(string argument)
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        Limit(500_000);
        Assert.Contains("ulimit", Assert.Throws<IOException>(() => builder.Add(sample.Vectors)).Message);
        Assert.Empty(sample.Folder.Names);
        Limit(1_000_000);
        builder.Add(sample.Vectors.AsSpan((int)builder.Count * Dimension));
        Assert.Throws<IOException>(() => builder.Build());
        Assert.Empty(sample.Folder.Names);
        Limit(2_000_000);
        using var index = builder.Build();
        Assert.Equal(Size, index.Count);
    }

    private static bool Mount(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static void Limit(ulong bytes)
    {
        ulong[] limits = [bytes, ulong.MaxValue];
        Assert.Equal(0, SetLimit(1, limits));
    }

    [DllImport("libc", EntryPoint = "setrlimit")]
    private static extern int SetLimit(int resource, ulong[] limits);
}
