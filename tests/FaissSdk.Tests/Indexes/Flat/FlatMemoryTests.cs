using System.Globalization;

namespace FaissSdk.Tests.Indexes;

/// <summary>Tests exact indexes where memory ends, and how much of it searches take.</summary>
public sealed class FlatMemoryTests : IDisposable
{
    // 64 MB, in hexadecimal digits.
    private static readonly Dictionary<string, string?> SmallHeap = new() { ["DOTNET_GCHeapHardLimit"] = "4000000", ["DOTNET_gcServer"] = "0" };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Vectors_that_were_added_before_memory_ended_have_their_ids(bool isNative)
    {
        if (isNative)
        {
            Native.Require();
        }

        var path = _folder.File("index.faiss");
        ChildProcess.Run(isNative ? FillNative : FillManaged, path, environment: SmallHeap).AssertReturned();
        var expected = int.Parse(File.ReadAllText($"{path}.count"), CultureInfo.InvariantCulture);
        using var loaded = ManagedFlatIndex.Load(path);
        Assert.Equal(expected, loaded.Count);
        Assert.Equal(expected - 1, loaded.Reconstruct(expected - 1)[0]);
    }

    [Fact]
    public void An_addition_of_bytes_that_runs_out_of_memory_adds_none_and_keeps_none() => ChildProcess.Run(
        static _ =>
        {
            using var index = new ManagedFlatIndex(64);
            var bytes = new byte[24_000_000];
            index.Add(bytes.AsSpan(0, 64));
            Assert.Throws<OutOfMemoryException>(() => index.Add(bytes));
            Assert.Equal(1, index.Count);
            index.Add(bytes.AsSpan(0, 2_000_000));
            Assert.Equal(31_251, index.Count);
        },
        environment: SmallHeap).AssertReturned();

    [Fact]
    public void One_query_for_all_neighbors_takes_memory_for_each_thread_once() => ChildProcess.Run(
        static _ =>
        {
            const int Count = 32_768, Threads = 16;
            using var index = new ManagedFlatIndex(512, storage: VectorStorage.Byte) { MaxDegreeOfParallelism = Threads };
            index.Add(new byte[Count * 512]);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Assert.Equal(Count, index.Search(new float[512], Count)[0].Count);

            // A heap for each thread, and 1 MB of other buffers.
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Threads * ((sizeof(ulong) * Count) + (1 << 20)));
        }).AssertReturned();

    private static void FillManaged(string path) => Fill(new ManagedFlatIndex(1), path);

    private static void FillNative(string path) => Fill(FlatIndex.Create(1), path);

    private static void Fill(IFlatIndex index, string path)
    {
        Assert.Throws<OutOfMemoryException>(() => AddVectors(index));
        index.Save(path);
        File.WriteAllText($"{path}.count", index.Count.ToString(CultureInfo.InvariantCulture));
        index.Dispose();
    }

    /// <summary>Adds vectors whose ids are their numbers, without an end.</summary>
    private static void AddVectors(IFlatIndex index)
    {
        var (vectors, ids) = (new float[4096], new long[4096]);
        while (true)
        {
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = index.Count + i;
                vectors[i] = ids[i];
            }

            index.AddWithIds(vectors, ids);
        }
    }
}
