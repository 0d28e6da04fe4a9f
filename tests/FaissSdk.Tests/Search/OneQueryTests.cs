using FaissSdk.Native;

namespace FaissSdk.Tests.Search;

public sealed class OneQueryTests
{
    private const int Dimension = 8;

    [Theory]
    [InlineData("HNSW8")]
    [InlineData("IDMap2,HNSW8")]
    [InlineData("PCA4,HNSW8")]
    [InlineData("IVF4_HNSW8,Flat")]
    [InlineData("HNSW8,Flat,RFlat")]
    [InlineData("NSG8,Flat")]
    [InlineData("IDMap2,Flat")]
    [InlineData("SQ8")]
    public void One_query_takes_one_thread(string description)
    {
        Native.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The threads of a process are counted in /proc.");
        Assert.SkipUnless(NativeParts.DescribesFloats, "This library does not describe the parts of an index.");
        Assert.SkipWhen(description.StartsWith("NSG", StringComparison.Ordinal) && KnownDefects.NSG.IsPresent, "This FAISS builds no such graph.");
        ChildProcess.Run(SearchOneQuery, description).AssertReturned();
    }

    [Fact]
    public void One_query_of_a_binary_graph_takes_one_thread()
    {
        Native.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The threads of a process are counted in /proc.");
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "This FAISS makes no binary graphs.");
        ChildProcess.Run(SearchBinaryGraph).AssertReturned();
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("IVF4,Flat")]
    [InlineData("IVF4_HNSW8,PQ4x4fs")]
    [InlineData("IDMap2,IVF4,PQ4x4fs")]
    public void Other_kinds_keep_their_threads(string description)
    {
        Native.Require();
        using var index = Filled(description);
        Assert.False(index.Parts.StartsIdleThreads);
    }

    [Fact]
    public void A_limit_survives_one_query()
    {
        Native.Require();
        using var index = Filled("HNSW8");
        using (FaissThreads.Limit(3))
        {
            _ = index.Search(Query(), 3);
            Assert.Equal(3, FaissThreads.Max);
        }
    }

    internal static void SearchOneQuery(string description)
    {
        FaissThreads.Default = 4;
        using var index = Filled(description);
        var graphOnly = description.Contains("HNSW8", StringComparison.Ordinal) && !description.Contains("IDMap", StringComparison.Ordinal) && !description.Contains("RFlat", StringComparison.Ordinal);
        Assert.Equal(!graphOnly || KnownDefects.ThreadsForOneQueryOfGraph.IsPresent, index.Parts.StartsIdleThreads);
        var expected = Sequential(index);
        var before = ThreadCount();

        var found = index.Search(Query(), 3);
        _ = index.Assign(Query(), 3);

        // A pool of threads, once started, stays.
        Assert.Equal(before, ThreadCount());
        Assert.Equal(expected, found.Ids);
        Assert.Equal(4, FaissThreads.Max);
        _ = index.Search(TestData.Uniform(100, Dimension), 3);
        Assert.True(ThreadCount() > before, "Several queries take several threads.");
    }

    internal static void SearchBinaryGraph(string argument)
    {
        FaissThreads.Default = 4;
        using var index = IndexBinary.Create(16, "BHNSW8");
        using (FaissThreads.Limit(1))
        {
            index.Add([.. Enumerable.Range(0, 400).Select(i => (byte)(i * 7))]);
        }

        var before = ThreadCount();
        _ = index.Search([1, 2], 3);
        Assert.Equal(before, ThreadCount());
        _ = index.Search(new byte[100], 3);
        Assert.True(ThreadCount() > before, "Several queries take several threads.");
    }

    private static FaissIndex Filled(string description)
    {
        using var limit = FaissThreads.Limit(1);
        var index = FaissIndex.Create(Dimension, description, MetricType.L2);
        var vectors = TestData.Uniform(300, Dimension);
        index.Train(vectors);
        if (index is IndexIDMap)
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, 300).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        return index;
    }

    private static float[] Query() => TestData.Uniform(1, Dimension);

    private static long[] Sequential(FaissIndex index)
    {
        using var limit = FaissThreads.Limit(1);
        return index.Search(Query(), 3).Ids.ToArray();
    }

    // Threads of OpenMP have the name of the thread that started them; those of .NET have names of their own.
    private static int ThreadCount()
    {
        var name = File.ReadAllText("/proc/thread-self/comm");
        return Directory.GetDirectories("/proc/self/task").Count(thread => File.ReadAllText(Path.Combine(thread, "comm")) == name);
    }
}
