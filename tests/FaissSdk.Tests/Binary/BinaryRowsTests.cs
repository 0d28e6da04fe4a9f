namespace FaissSdk.Tests.Binary;

/// <summary>Binary vectors in other types than spans.</summary>
public class BinaryRowsTests
{
    [Fact]
    public void Vectors_of_all_types_are_added_and_found_alike()
    {
        using var index = New("IDMap2,BFlat");
        byte[] vectors = [0, 0, 0xFF, 0, 0, 0xF0];
        index.Train(vectors.AsMemory());
        index.Train(vectors.Chunk(2));
        index.Add(vectors, [1, 2, 3]);
        index.Add(vectors.Chunk(2), [11, 12, 13]);
        Assert.Equal(6, index.Count);
        Assert.Equal(index.Search(vectors, 2).Ids, index.Search(vectors.AsMemory(), 2).Ids);
        Assert.Equal(index.Search(vectors, 2).Ids, index.Search(vectors.Chunk(2), 2).Ids);
        Assert.Equal(3, index.Remove(1, 12, 3, 99));
        Assert.Contains("position 0", Assert.Throws<ArgumentOutOfRangeException>(() => index.Remove(-5)).Message);
    }

    [Fact]
    public void A_vector_is_added_with_an_id()
    {
        using var index = New("IDMap2,BFlat");
        index.Add([1, 2], 42);
        index.Add([3, 4], 1L << 40);
        Assert.Equal([3, 4], index.Reconstruct(1L << 40));
        Assert.Equal([42L], index.Search([1, 2], 1).Ids.ToArray());
    }

    [Fact]
    public void Vectors_without_ids_are_numbered()
    {
        using var index = New("BFlat");
        byte[] vectors = [1, 2, 3, 4];
        index.Add(vectors.AsMemory());
        index.Add(vectors.Chunk(2));
        Assert.Equal([1, 2, 3, 4, 1, 2, 3, 4], index.ReconstructRange(0, 4));
    }

    [Fact]
    public void A_vector_of_another_length_is_named_by_its_number()
    {
        using var index = New("BFlat");
        Assert.Contains("3 bytes in vector 1, expected 2", Assert.Throws<ArgumentException>(() => index.Add([new byte[2], new byte[3]])).Message);
        Assert.Contains("no vector 0", Assert.Throws<ArgumentException>(() => index.Search([null!], 1)).Message);
        Assert.Equal(0, index.Count);
    }

    private static IndexBinary New(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "FAISS before 1.9.0 creates no binary indexes.");
        return IndexBinary.Create(16, description);
    }
}
