namespace FaissSdk.Tests.Indexes;

/// <summary>Tests that an index knows that a part of it lies in a mapped file; in child processes, since changing such a part ends the process.</summary>
public class MappedPartsTests
{
    private const int Dimension = 8;

    public static TheoryData<string> Compositions => ["plain", "transform", "rotation", "shards", "replicas", "quantizer", "PCA4,IVF4,Flat", "IDMap,IVF4,Flat", "IVF4,Flat,RFlat", "IVF4(IVF4,Flat),Flat"];

    [Theory]
    [MemberData(nameof(Compositions))]
    public void A_mapped_part_is_neither_written_nor_changed(string composition)
    {
        Native.RequireMapping();
        ChildProcess.Run(WriteAndChange, composition).AssertReturned();
    }

    [Fact]
    public void A_mapped_index_without_lists_can_be_changed()
    {
        Native.RequireMapping();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_parts"), "This library does not describe parts.");
        using var folder = new TemporaryFolder();
        using var index = new IndexFlatL2(Dimension);
        index.Save(folder.File("index"));
        using var mapped = FaissIndex.Load(folder.File("index"), IndexReadOptions.Mmap);
        mapped.Add(TestData.Uniform(10, Dimension));
        Assert.Equal(10, FaissIndex.Deserialize(mapped.Serialize()).Count);
    }

    private static void WriteAndChange(string composition)
    {
        using var parts = new IndexParts();
        using var folder = new TemporaryFolder();
        var path = folder.File("index");
        var vectors = TestData.Uniform(640, Dimension);
        using (var made = FaissIndex.Create(Dimension, composition.Contains(',', StringComparison.Ordinal) ? composition : "IVF4,Flat"))
        {
            made.Train(vectors);
            if (made is IndexIDMap)
            {
                made.AddWithIds(vectors, [.. Enumerable.Range(0, 640).Select(i => (long)i)]);
            }
            else
            {
                if (composition.Contains('(', StringComparison.Ordinal))
                {
                    made.SetParameter("quantizer_nprobe", 4);
                }

                made.Add(vectors);
            }

            made.Save(path);
        }

        var file = File.ReadAllBytes(path);
        var mapped = parts.Keep(FaissIndex.Load(path, IndexReadOptions.Mmap));
        using var index = Compose(composition, mapped, parts);
        if (composition != "quantizer")
        {
            Assert.Equal(640, index.Count);
            Assert.Equal(10, index.Search(vectors.AsSpan(0, 10 * Dimension), 1).Ids.Length);
            Assert.Contains("mapped", Assert.Throws<InvalidOperationException>(() => Add(index, vectors)).Message);
            Assert.Throws<InvalidOperationException>(() => index.Remove(new IDSelectorRange(0, 1)));
            Assert.Throws<InvalidOperationException>(index.Reset);
            Assert.Throws<InvalidOperationException>(() => index.Train(vectors));
        }

        if (composition is not ("shards" or "replicas"))
        {
            Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => index.Save(path)).Message);
            Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => index.Save(new MemoryStream())).Message);
            Assert.Throws<NotSupportedException>(() => index.Serialize());
            Assert.Throws<NotSupportedException>(() => index.Clone());
        }

        Assert.Throws<NotSupportedException>(() => mapped.Save(path));
        Assert.Equal(file, File.ReadAllBytes(path));
    }

    private static FaissIndex Compose(string composition, FaissIndex mapped, IndexParts parts)
    {
        switch (composition)
        {
            case "transform":
                return new IndexPreTransform(mapped);
            case "rotation":
                var rotation = parts.Keep(new RandomRotationMatrix(Dimension, Dimension));
                rotation.Train(TestData.Uniform(10, Dimension));
                return new IndexPreTransform(rotation, mapped);
            case "shards":
                var shards = new IndexShards(Dimension);
                shards.AddShard(mapped);
                return shards;
            case "replicas":
                var replicas = new IndexReplicas(Dimension);
                replicas.AddReplica(mapped);
                return replicas;
            case "quantizer":
                mapped.SetParameter("nprobe", 4);
                return new IndexIVFFlat(mapped, 640);
            default:
                return mapped;
        }
    }

    private static void Add(FaissIndex index, float[] vectors)
    {
        if (index is IndexIDMap)
        {
            index.AddWithIds(vectors, new long[640]);
        }
        else
        {
            index.Add(vectors);
        }
    }
}
