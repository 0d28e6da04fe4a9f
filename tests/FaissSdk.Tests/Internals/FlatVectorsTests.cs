namespace FaissSdk.Tests.Internals;

public class FlatVectorsTests
{
    private const int Dimension = 8;

    private static readonly float[] Points = TestData.Uniform(1000, Dimension);

    [Theory]
    [InlineData("Flat")]
    [InlineData("IDMap,Flat")]
    [InlineData("HNSW8,Flat")]
    public void The_vectors_of_an_index_are_shown_in_its_memory(string description)
    {
        RequireParts(description);
        using var index = FaissIndex.Create(Dimension, description);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.Add(Points, Enumerable.Range(0, 1000).Select(i => 7L * i).ToArray());
        }
        else
        {
            index.Add(Points);
        }

        using var vectors = FlatVectors.Of(index);

        Assert.Equal((1000, Dimension), (vectors.Count, vectors.Dimension));
        for (var i = 0; i < vectors.Count; i++)
        {
            Assert.True(vectors[i].SequenceEqual(Points.AsSpan(i * Dimension, Dimension)));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => vectors[1000].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => vectors[-1].Length);
    }

    [Fact]
    public void The_centroids_of_lists_are_those_of_the_quantizer()
    {
        RequireParts("IVF16,SQ8");
        using var index = (IndexIVF)FaissIndex.Create(Dimension, "IVF16,SQ8");
        index.Train(Points);

        using var centroids = FlatVectors.Of(index);

        Assert.Equal(16, centroids.Count);
        Assert.True(centroids[15].SequenceEqual(index.Quantizer.Reconstruct(15)));
    }

    [Fact]
    public void The_index_stays_unchanged_and_alive_until_the_vectors_are_disposed()
    {
        Native.Require();
        var index = new IndexFlatL2(Dimension);
        index.Add(Points);
        var vectors = FlatVectors.Of(index);

        Assert.Contains("FlatVectors", Assert.Throws<InvalidOperationException>(() => index.Add(new float[Dimension])).Message, StringComparison.Ordinal);
        index.Dispose();
        Assert.True(vectors[999].SequenceEqual(Points.AsSpan(999 * Dimension)));
        vectors.Dispose();
        vectors.Dispose();

        Assert.Throws<ObjectDisposedException>(() => vectors[0].Length);
        Assert.Throws<ObjectDisposedException>(() => FlatVectors.Of(index));
        Assert.True(index.Handle.IsClosed);
    }

    [Theory]
    [InlineData("SQ8", "has no flat index")]
    [InlineData("FlatL2Panorama4", "stores the levels")]
    public void Other_vectors_are_refused_and_leave_the_index_changeable(string description, string reason)
    {
        Native.Require();
        Assert.SkipUnless(description == "SQ8" || FaissLibrary.IsAtLeast(1, 13, 1), "This FAISS has no such kind.");
        using var index = FaissIndex.Create(Dimension, description);
        index.Train(Points);

        Assert.Contains(reason, Assert.Throws<NotSupportedException>(() => FlatVectors.Of(index)).Message, StringComparison.Ordinal);

        index.Add(Points);
    }

    // A library that is not from a FaissSdk package shows only the outermost index.
    private static void RequireParts(string description)
    {
        Native.Require();
        Assert.SkipUnless(description == "Flat" || FaissLibrary.Supports("faiss_sdk_graph"), "This library does not show the parts of an index.");
    }
}
