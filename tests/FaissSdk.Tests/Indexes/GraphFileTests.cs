using System.Buffers.Binary;
using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

/// <summary>Checks files with NSG graphs that FAISS cannot build anymore, or would search endlessly.</summary>
public class GraphFileTests
{
    private const int Dimension = 8;
    private const int Count = 120;
    private const int Links = 8;

    public static TheoryData<string> Kinds => ["NSG8", "NSG8,SQ8", "IDMap,NSG8", "RR8,NSG8", "NSG8,RFlat", "IVF120_NSG8,Flat"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_graph_of_too_few_vectors_is_refused(string description)
    {
        Require();
        ChildProcess.Run(LoadWide, description).AssertReturned();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_graph_that_was_not_built_is_refused(string description)
    {
        Require();
        ChildProcess.Run(LoadUnbuilt, description).AssertReturned();
    }

    [Fact]
    public void A_graph_is_searched_for_as_many_candidates_as_it_has()
    {
        Require();
        ChildProcess.Run(SearchAll).AssertReturned();
    }

    [Fact]
    public void An_NNDescent_graph_is_searched_or_refused()
    {
        Native.Require();
        ChildProcess.Run(SearchNNDescent).AssertReturned();
    }

    [Theory]
    [InlineData("HNSW16,SQtq4")]
    [InlineData("NSG8,SQtq2")]
    [InlineData("IDMap,HNSW8,SQtq5")]
    [InlineData("IVF16_HNSW8,SQtq3")]
    public void Graphs_of_codes_without_distances_are_refused(string description)
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss, "This FAISS has no TurboQuant.");
        if (description.StartsWith("IVF", StringComparison.Ordinal))
        {
            // The graph links centroids, and codes in lists are compared with queries only.
            FaissIndex.Create(Dimension, description).Dispose();
            return;
        }

        Assert.Contains("The graph links vectors by", Assert.Throws<ArgumentException>(() => FaissIndex.Create(Dimension, description)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScalarQuantizerType.TurboQuant2Bit)]
    [InlineData(ScalarQuantizerType.Eden4Bit)]
    public void A_graph_of_scalar_codes_without_distances_is_refused(ScalarQuantizerType type)
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss, "This FAISS has neither TurboQuant nor EDEN.");
        Assert.Throws<ArgumentOutOfRangeException>(nameof(type), () => new IndexHNSWSQ(Dimension, type));
    }

    [Fact]
    public void The_greatest_settings_of_a_graph_are_saved_and_loaded()
    {
        Native.Require();
        using var graph = FaissIndex.Create(Dimension, "HNSW8,Flat");
        graph.Add(TestData.Uniform(Count, Dimension));
        graph.SetParameter("efSearch", 1 << 20);
        graph.SetParameter("efConstruction", 1 << 20);
        FaissIndex.Deserialize(graph.Serialize()).Dispose();
        Assert.Throws<ArgumentOutOfRangeException>(() => graph.SetParameter("efSearch", (1 << 20) + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => graph.SetParameter("efConstruction", (1 << 20) + 1));
    }

    private static void SearchNNDescent(string argument)
    {
        const int vectors = 4;
        const int links = 2;
        using var storage = new IndexFlatL2(Dimension);
        storage.Add(TestData.Uniform(vectors, Dimension));
        var flat = storage.Serialize();
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("INNf"u8);

        // The header of an index is that of its storage.
        writer.Write(flat.AsSpan(4, 4 + (3 * 8) + 1 + 4));
        foreach (var setting in (int[])[vectors, Dimension, links, 10, 100, links + 50, 10, links, 2021])
        {
            writer.Write(setting);
        }

        writer.Write(true);
        writer.Write((long)vectors * links);
        var firstLink = (int)file.Position;
        foreach (var neighbor in (int[])[1, 2, 0, 3, 0, 3, 1, 2])
        {
            writer.Write(neighbor);
        }

        writer.Write(flat);
        using var index = FaissIndex.Deserialize(file.ToArray());
        var queries = TestData.Uniform(3, Dimension);
        if (KnownDefects.NNDescentOfFew.IsPresent)
        {
            Assert.Throws<NotSupportedException>(() => index.Search(queries, vectors));
            index.Reset();
            Assert.Throws<NotSupportedException>(() => index.Add(queries));
            return;
        }

        var error = Record.Exception(() => index.Search(queries, vectors));
        Assert.True(error is null or FaissException, $"{error}");

        // A search takes every link for a vector.
        var damaged = file.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(firstLink), -1);
        Assert.Throws<FaissException>(() => FaissIndex.Deserialize(damaged).Dispose());
    }

    private static void LoadWide(string description)
    {
        var (file, settings) = Written(description);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(settings + 16), Count);
        using var whole = FaissIndex.Deserialize(file);
        if (whole is IndexIVF lists)
        {
            lists.NProbe = Count;
        }

        Assert.DoesNotContain(-1, whole.Assign(Vectors()));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(settings + 16), Count + 1);
        Assert.Contains($"has {Count} vectors", Assert.Throws<FaissException>(() => FaissIndex.Deserialize(file)).Message, StringComparison.Ordinal);
    }

    private static void LoadUnbuilt(string description)
    {
        var (file, settings) = Written(description);

        // The storage follows the links of a graph that was built.
        var isBuilt = settings + 24;
        var storage = isBuilt + file.AsSpan(isBuilt).IndexOf(description.Contains("SQ8", StringComparison.Ordinal) ? "IxSQ"u8 : "IxF2"u8);
        file[isBuilt] = 0;
        byte[] cut = [.. file[..(isBuilt + 1)], .. file[storage..]];
        var error = Assert.Throws<FaissException>(() =>
        {
            using var index = FaissIndex.Deserialize(cut);
            index.Search(Vectors().AsSpan(0, Dimension), 1);
        });
        Assert.Contains("was not built", error.Message, StringComparison.Ordinal);
    }

    private static void SearchAll(string argument)
    {
        using var graph = FaissIndex.Create(Dimension, "NSG8");
        graph.Add(Vectors());
        Assert.Equal(Count + 1, graph.Search(Vectors().AsSpan(0, Dimension), Count + 1).Ids.Length);
        using var refined = FaissIndex.Create(Dimension, "NSG8,RFlat");
        refined.Add(Vectors());
        refined.SetParameter("k_factor_rf", Count);
        Assert.Equal(0, refined.Assign(Vectors().AsSpan(0, Dimension))[0]);
        Assert.Contains("candidates", Assert.Throws<InvalidOperationException>(() => refined.Assign(Vectors().AsSpan(0, Dimension), 2)).Message, StringComparison.Ordinal);
        using var shards = new IndexShards(Dimension);
        using var second = graph.Clone();
        shards.AddShard(graph);
        shards.AddShard(second);
        Assert.Equal(Count, shards.Search(Vectors().AsSpan(0, Dimension), Count).Ids.Length);
        Assert.Contains("candidates", Assert.Throws<InvalidOperationException>(() => shards.Search(Vectors().AsSpan(0, Dimension), Count + 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>Returns the file of an index, and where the settings of its graph begin: the number of vectors, the links, L, C, search_L, the entry point, and whether it is built.</summary>
    private static (byte[] File, int Settings) Written(string description)
    {
        using var index = FaissIndex.Create(Dimension, description);
        index.Train(Vectors());
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(Vectors(), [.. Enumerable.Range(0, Count).Select(i => (long)i)]);
        }
        else
        {
            index.Add(Vectors());
        }

        var file = index.Serialize();
        var beginning = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(beginning, Count);
        BinaryPrimitives.WriteInt32LittleEndian(beginning.AsSpan(4), Links);
        return (file, file.AsSpan().IndexOf(beginning));
    }

    private static float[] Vectors() => TestData.Uniform(Count, Dimension);

    private static void Require() => Assert.SkipUnless(Native.IsAvailable && IndexKind.IsNewFaiss, "NSG needs FAISS 1.15.0.");
}
