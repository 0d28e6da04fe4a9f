using Microsoft.Extensions.AI;

namespace FaissSdk.Tests.Extensions;

/// <summary>Tests of calls by embeddings.</summary>
public class FaissEmbeddingTests
{
    private static readonly Embedding<float>[] Embeddings = [new(new float[] { 1, 0 }), new(new float[] { 0, 1 }), new(new float[] { 1, 1 })];

    private static readonly long[] Ids = [7, 8, 9];

    [Fact]
    public void Embeddings_are_added_and_found()
    {
        Native.Require();
        using var index = FaissIndex.Create(2, "IDMap2,Flat");
        index.Train(Embeddings);
        index.Add(Embeddings, Ids);

        Assert.Equal(8, index.Search(Embeddings[1], 1).Ids[0]);
        Assert.Equal(Ids, index.Search(Embeddings, 1).Ids.ToArray());
        using var flat = new IndexFlatL2(2);
        flat.Add(Embeddings.AsEnumerable());
        Assert.Equal(3, flat.Count);
    }

    [Fact]
    public void Wrong_embeddings_are_refused()
    {
        Native.Require();
        using var index = new IndexFlatL2(2);
        Assert.Throws<ArgumentNullException>("query", () => index.Search((Embedding<float>)null!, 1));
        Assert.Throws<ArgumentException>(() => index.Add([new Embedding<float>(new float[3])]));
        Assert.Throws<ArgumentException>("embeddings", () => index.Add([Embeddings[0], null!]));
        Assert.Equal(0, index.Count);
    }
}
