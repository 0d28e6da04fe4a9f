namespace FaissSdk.Tests.Indexes;

/// <content>Reconstructing, saving, loading and copying.</content>
public sealed partial class IndexContractTests
{
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reconstruct_returns_the_stored_vector(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        if (!kind.Can(IndexAbilities.Reconstruct))
        {
            AssertNotSupported(() => index.Reconstruct(0));
            return;
        }

        var separate = Enumerable.Range(0, Size).SelectMany(i => index.Reconstruct(i)).ToArray();
        AssertStored(kind, kind.Vectors(Size), separate);
        var together = index.ReconstructRange(0, Size);
        Assert.All(Enumerable.Range(0, separate.Length), i => Assert.Equal(separate[i], together[i], 1e-5f));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(-1));
        AssertHasNoVector(index, Size);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reconstruct_returns_a_range_of_stored_vectors(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        if (kind.Can(IndexAbilities.Reconstruct) || kind.Can(IndexAbilities.ReconstructRange))
        {
            AssertStored(kind, kind.Vectors(Size).AsSpan(5 * kind.Components, 10 * kind.Components), index.ReconstructRange(5, 10));
        }
        else
        {
            AssertNotSupported(() => index.ReconstructRange(5, 10));
        }

        var error = Assert.ThrowsAny<Exception>(() => index.ReconstructRange(Size - 5, 10));
        Assert.True(error is ArgumentOutOfRangeException { ParamName: "first" } or FaissException or NotSupportedException, error.ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_untrained_index_is_saved_or_says_that_it_is_not_trained(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.Make();
        if (!made.Index.IsTrained && Record.Exception(() => made.Index.Serialize()) is InvalidOperationException error)
        {
            Assert.Contains("not trained", error.Message);
            return;
        }

        AssertSaves(kind, made.Index, loaded => Assert.Equal((made.Index.IsTrained, 0, kind.Components), (loaded.IsTrained, loaded.Count, loaded.Dimension)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_loaded_index_equals_the_saved_one(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var queries = kind.Vectors(30, 2);
        AssertSaves(kind, index, loaded =>
        {
            Assert.Equal((index.Count, index.Dimension, index.Metric, index.IsTrained), (loaded.Count, loaded.Dimension, loaded.Metric, loaded.IsTrained));
            var (expected, found) = (index.Search(queries, K), loaded.Search(queries, K));
            Assert.Equal(expected.Ids, found.Ids);
            Assert.Equal(expected.Distances, found.Distances);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_loaded_index_accepts_vectors(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        AssertSaves(kind, filled.Get(kind), loaded =>
        {
            if (Record.Exception(() => kind.Add(loaded, [])) is NotSupportedException refused)
            {
                Assert.Contains("additive quantizers from a file", refused.Message);
            }
            else if (!name.StartsWith("NSG", StringComparison.Ordinal))
            {
                kind.Add(loaded, kind.Vectors(20, 3));
                Assert.Equal(Size + 20, loaded.Count);
                Assert.All(loaded.Search(kind.Vectors(20, 3), 3).Ids.ToArray(), label => Assert.InRange(label, 0, Size + 19));
            }
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Copies_are_equal_and_independent(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        var (index, queries) = (made.Index, kind.Vectors(30, 2));
        var before = index.Search(queries, K);
        if (!kind.Can(IndexAbilities.Save))
        {
            AssertNotSupported(() => index.Serialize());
            AssertNotSupported(() => index.Save(new MemoryStream()));
            if (index is not IndexFlat1D)
            {
                AssertNotSupported(() => index.Clone().Dispose());
                return;
            }
        }

        var copies = new List<FaissIndex> { index.Clone() };
        if (kind.Can(IndexAbilities.Save))
        {
            using var stream = new MemoryStream(index.Serialize());
            copies.Add(FaissIndex.Load(stream));
            Assert.Equal(stream.Length, stream.Position);
            copies.Add(FaissIndex.Deserialize(stream.ToArray()));
        }

        if (index is not OtherIndex)
        {
            Assert.Equal(index.GetType(), copies[0].GetType());
        }

        if (!name.StartsWith("NSG", StringComparison.Ordinal) && (IndexKind.IsNewFaiss || !name.Contains("fs_32", StringComparison.Ordinal)))
        {
            kind.Add(copies[0], kind.Vectors(20, 3));
            Assert.Equal(Size, index.Count);
            copies[0].Dispose();
            copies.RemoveAt(0);
        }

        Assert.Equal(before.Ids, index.Search(queries, K).Ids);
        made.Dispose();
        foreach (var copy in copies)
        {
            Assert.Equal(before.Ids, copy.Search(queries, K).Ids);
            Assert.Equal(before.Distances, copy.Search(queries, K).Distances);
            copy.Dispose();
        }
    }

    /// <summary>Checks the mean squared error: 0 where the vectors are stored as they are, otherwise by how well the codes distinguish vectors.</summary>
    private static void AssertStored(IndexKind kind, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (kind.IsExact)
        {
            Assert.Equal(expected, actual);
            return;
        }

        var (range, error) = (kind.HoldsBytes ? 127.0 : 1, 0.0);
        for (var i = 0; i < actual.Length; i++)
        {
            Assert.True(float.IsFinite(actual[i]));
            error += Math.Pow((actual[i] - expected[i]) / range, 2) / actual.Length;
        }

        // 1/12 is the variance of a uniform distribution on [0, 1]: the error when every component is replaced by the mean.
        Assert.InRange(error, 0, kind.MinRecall >= 0.8 ? 0.005 : kind.MinRecall > 0.6 ? 1 / 12.0 : double.MaxValue);
    }

    private static void AssertSaves(IndexKind kind, FaissIndex index, Action<FaissIndex> check)
    {
        using var folder = new TemporaryFolder();
        if (!kind.Can(IndexAbilities.Save))
        {
            AssertNotSupported(() => index.Save(folder.File("index")));
            Assert.Empty(folder.Names);
            return;
        }

        index.Save(folder.File("index"));
        using var loaded = FaissIndex.Load(folder.File("index"));
        check(loaded);
    }
}
