using System.Buffers.Binary;

namespace FaissSdk.Tests.Files;

/// <summary>Files whose numbers contradict each other are refused when they are loaded.</summary>
public class IndexCheckTests
{
    private const int Dimension = 8;
    private const int Count = 200;

    // The storage of a graph follows the last links, the entry point, the highest level and three settings.
    private const int EntryPoint = -20;
    private const int LastLink = -24;

    [Theory]
    [InlineData(EntryPoint, 1000, "its entry point is 1000")]
    [InlineData(LastLink, 1000, "a link of its graph is 1000")]
    [InlineData(LastLink, -2, "a link of its graph is -2")]
    [InlineData(-16, 7, "the highest level of its graph is 7")]
    [InlineData(-8, 0, "efSearch is 0")]
    public void A_graph_with_wrong_numbers_is_refused(int offset, int number, string fault)
    {
        var file = Filled("HNSW8");
        AssertRefused(file, Find(file, "IxF2") + offset, number, fault);
    }

    [Theory]
    [InlineData("IDMap,HNSW8", "index IndexHNSWFlat: its entry point is 1000")]
    [InlineData("IDMap2,HNSW8", "index IndexHNSWFlat: its entry point is 1000")]
    [InlineData("PCA4,HNSW8", "IndexPreTransform: index IndexHNSWFlat: its entry point is 1000")]
    [InlineData("IVF8_HNSW8,Flat", "IndexIVFFlat: quantizer IndexHNSWFlat: its entry point is 1000")]
    [InlineData("HNSW8,RFlat", "base IndexHNSWFlat: its entry point is 1000")]
    public void A_part_at_any_depth_is_checked(string description, string fault)
    {
        var file = Filled(description);
        AssertRefused(file, Find(file, "IxF2") + EntryPoint, 1000, fault);
    }

    [Theory]
    [InlineData(5, "HNSW8_FlatPanorama4")]
    [InlineData(12, "IDMap,HNSW8_FlatPanorama8")]
    [InlineData(12, "IVF4,FlatPanorama8")]
    [InlineData(5, "FlatL2Panorama4")]
    public void Levels_that_do_not_divide_the_dimension_are_right(int dimension, string description)
    {
        Native.Require();
        Assert.SkipUnless(Indexes.IndexKind.IsNewFaiss, "Panorama needs FAISS 1.15.0.");
        using var index = FaissIndex.Create(dimension, description);
        var vectors = TestData.Uniform(Count, dimension);
        index.Train(vectors);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, Count).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        using var loaded = FaissIndex.Deserialize(index.Serialize());
        Assert.Equal(index.Search(vectors, 3).Ids, loaded.Search(vectors, 3).Ids);
    }

    [Theory]
    [InlineData("IVF8,PQ4x4", "IwPQ")]
    [InlineData("IVF8,SQ8", "IwSq")]
    [InlineData("IDMap,Flat", "IxMp")]
    [InlineData("Flat", "IxF2")]
    [InlineData("PQ4x4fs", "IPfs")]
    public void A_wrong_number_of_vectors_is_refused(string description, string code)
    {
        var file = Filled(description);
        AssertRefused(file, Find(file, code) + 8, 33, "");
    }

    [Fact]
    public void An_id_that_is_no_position_is_refused_where_it_has_to_be_one()
    {
        var file = Filled("IVF8,Flat,RFlat");
        var id = Find(file, "full") + 4 + 8 + (8 * 8);
        var first = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(id - (8 * 8)));
        AssertRefused(file, id + ((int)first * Dimension * sizeof(float)), 1000, "the largest id of the base is 1001");
    }

    // A search would throw in a parallel region, where nothing catches it.
    [Theory]
    [InlineData("RQ2x4", "IxRq", 77)]
    [InlineData("LSQ2x4", "IxLS", 77)]
    public void An_encoder_that_is_not_trained_is_refused(string description, string code, int isTrained)
    {
        var file = Filled(description);
        Assert.Equal(0, Find(file, code));
        AssertRefused(file, isTrained, (byte)0, "its additive quantizer is not trained");
    }

    [Fact]
    public void A_hash_whose_transform_is_not_trained_is_refused()
    {
        var file = Filled("IVF8,ITQ8,SH");

        // The dimensions of the transform, whether it is trained, and the bits of a code.
        var settings = file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[8, 0, 0, 0, 8, 0, 0, 0, 1, 8, 0, 0, 0]);
        Assert.True(settings > 0);
        AssertRefused(file, settings + 8, (byte)0, "its transform is not trained");
    }

    // The settings of a search follow the centroids of the product quantizer, 16 for each of 8 components, or precede it.
    [Theory]
    [InlineData("PQ4x4fs", 0, 12, "implem is 12")]
    [InlineData("PQ4x4fs", 8, 0x10, "qbs is 16")]
    [InlineData("PQ4x4fs", 8, 8, "qbs is 8")]
    [InlineData("IVF8,PQ4x4fs", -8, 256, "qbs2 is 256")]
    public void Settings_of_fast_scan_without_a_kernel_are_refused(string description, int offset, int number, string fault)
    {
        var file = Filled(offset == 0 ? description + "_64" : description);
        var quantizer = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[8, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
        Assert.True(quantizer > 0);
        AssertRefused(file, quantizer + offset + (offset < 0 ? 0 : (4 * sizeof(long)) + (16 * 8 * sizeof(float))), number, fault);
    }

    [Fact]
    public void Plans_of_queries_with_kernels_are_accepted()
    {
        var file = Filled("PQ4x4fs");
        var quantizer = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[8, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
        foreach (var plan in (int[])[1, 4, 5, 6, 0x33, 0x3333])
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(quantizer + 8 + (4 * sizeof(long)) + (16 * 8 * sizeof(float))), plan);
            using var index = FaissIndex.Deserialize(file);
            Assert.Equal(60, index.Search(TestData.Uniform(20, Dimension), 3).Ids.Length);
        }
    }

    [Fact]
    public void A_refused_file_is_named()
    {
        using var folder = new TemporaryFolder();
        var file = Filled("HNSW8");
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(Find(file, "IxF2") + EntryPoint), 1000);
        var path = Path.Combine(folder.Path, "damaged.faiss");
        File.WriteAllBytes(path, file);
        Assert.Contains(path, Assert.Throws<FaissException>(() => FaissIndex.Load(path)).Message);
    }

    private static byte[] Filled(string description)
    {
        Assert.SkipUnless(Tests.Native.IsAvailable && FaissLibrary.Supports("faiss_sdk_check_index"), "The library was not built with FaissSdk's functions.");
        using var index = FaissIndex.Create(Dimension, description);
        var vectors = TestData.Uniform(Count, Dimension);
        index.Train(vectors);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, Count).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        return index.Serialize();
    }

    private static int Find(byte[] file, string code)
    {
        var found = file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(code));
        Assert.True(found >= 0);
        return found;
    }

    private static void AssertRefused(byte[] file, int offset, byte value, string fault)
    {
        var number = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(offset));
        Assert.NotEqual(value, file[offset]);
        AssertRefused(file, offset, (number & ~0xFF) | value, fault);
    }

    // FAISS itself refuses some of these files in newer versions, with messages of its own.
    private static void AssertRefused(byte[] file, int offset, int number, string fault)
    {
        using (FaissIndex.Deserialize(file))
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), number);
        }

        var message = Assert.Throws<FaissException>(() => FaissIndex.Deserialize(file)).Message;
        Assert.True(message.Contains(fault, StringComparison.Ordinal) || !message.Contains("is damaged", StringComparison.Ordinal), message);
    }
}
