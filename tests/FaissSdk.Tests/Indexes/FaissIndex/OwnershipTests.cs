namespace FaissSdk.Tests.Indexes;

/// <summary>An index that another one is made of lives as long as that one, and is changed through it only.</summary>
public class OwnershipTests
{
    private static readonly float[] Vectors = TestData.Uniform(40, 4);

    [Fact]
    public void Disposed_shards_are_transferred()
    {
        Native.Require();
        ChildProcess.Run(_ =>
        {
            using var shards = new IndexShards(4);
            var flat = new IndexFlatL2(4);
            shards.AddShard(flat);
            flat.Dispose();
            shards.TakeOwnership();
            Assert.True(shards.OwnsParts);
            shards.Add(Vectors);
            Assert.Equal((40L, 40L), (shards.Count, shards[0].Count));
            shards.TakeOwnership();
            Assert.Equal(7, shards.Assign(Vectors.AsSpan(28, 4))[0]);
        }, seconds: 120).AssertReturned();
    }

    [Fact]
    public void Disposed_replicas_are_transferred()
    {
        Native.Require();
        ChildProcess.Run(_ =>
        {
            using var replicas = new IndexReplicas(4);
            var flat = new IndexFlatL2(4);
            replicas.AddReplica(flat);
            flat.Dispose();
            Native.AssertSupported(FaissLibrary.Supports("faiss_IndexReplicas_own_fields"), replicas.TakeOwnership);
            replicas.Add(Vectors);
            Assert.Equal((40L, 40L), (replicas.Count, replicas[0].Count));
        }, seconds: 120).AssertReturned();
    }

    [Fact]
    public void Disposed_parts_are_not_removed_from_views_of_them()
    {
        Native.Require();
        using var shards = new IndexShards(4);
        var flat = new IndexFlatL2(4);
        shards.AddShard(flat);
        flat.Dispose();
        var view = shards[0];
        Assert.Throws<ObjectDisposedException>(() => shards.RemoveShard(flat));
        Assert.False(flat.Handle.IsClosed);
        shards.Add(Vectors);
        Assert.Equal(40, view.Count);
        using var replicas = new IndexReplicas(4);
        var replica = new IndexFlatL2(4);
        replicas.AddReplica(replica);
        replica.Dispose();
        Assert.Throws<ObjectDisposedException>(() => replicas.RemoveReplica(replica));
    }

    [Fact]
    public void A_transferred_index_lives_as_long_as_others_share_its_quantizer()
    {
        Native.Require();
        var first = (IndexIVF)FaissIndex.Create(4, "IVF4,Flat");
        first.Train(Vectors);
        var second = new IndexIVFFlat(first.Quantizer, 4);
        second.Add(Vectors);
        var expected = second.Assign(Vectors);
        var map = new IndexIDMap(first, takeOwnership: true);
        Assert.Same(map.Handle.SettingsOf(true), second.Handle.SettingsOf(true));
        map.Dispose();
        Assert.False(map.Handle.IsClosed);
        Assert.Equal(expected, second.Assign(Vectors));
        second.Dispose();
        Assert.True(map.Handle.IsClosed);
    }

    [Fact]
    public void Parts_of_a_transferred_index_use_the_lock_of_the_new_owner()
    {
        Native.Require();
        using var coarse = FaissIndex.Create(4, "IVF2,Flat");
        using var map = new IndexIDMap(new IndexIVFFlat(coarse, 4), takeOwnership: true);
        Assert.Same(map.Handle.SettingsOf(true), coarse.Handle.SettingsOf(true));
        using var shards = new IndexShards(4, successiveIds: false);
        using var quantizer = FaissIndex.Create(4, "IVF2,Flat");
        shards.AddShard(new IndexIVFFlat(quantizer, 4));
        shards.TakeOwnership();
        Assert.Same(shards.Handle.SettingsOf(true), quantizer.Handle.SettingsOf(true));
    }

    [Fact]
    public void A_transferred_index_keeps_its_parts()
    {
        Native.Require();
        ChildProcess.Run(_ =>
        {
            var flat = new IndexFlatL2(4);
            var map = new IndexIDMap(flat);
            using var shards = new IndexShards(4, threaded: false, successiveIds: false);
            shards.AddShard(map);
            shards.TakeOwnership();
            Assert.Throws<InvalidOperationException>(() => flat.Add(Vectors));
            flat.Dispose();
            shards.AddWithIds(Vectors, [.. Enumerable.Range(100, 40).Select(i => (long)i)]);
            Assert.Equal(107, shards.Assign(Vectors.AsSpan(28, 4))[0]);
            var inner = new IndexFlatL2(4);
            using var other = new IndexPreTransform(new NormalizationTransform(4), new IndexIDMap(inner), takeOwnership: true);
            inner.Dispose();
            other.AddWithIds(Vectors, [.. Enumerable.Range(100, 40).Select(i => (long)i)]);
            Assert.Equal(107, other.Assign(Vectors.AsSpan(28, 4))[0]);
        }, seconds: 120).AssertReturned();
    }

    [Fact]
    public void A_part_belongs_to_one_index()
    {
        Native.Require();
        using var flat = new IndexFlatL2(4);
        using var map = new IndexIDMap(flat);
        using var shards = new IndexShards(4);
        using var others = new IndexShards(4);
        using var replicas = new IndexReplicas(4);
        using var normalization = new NormalizationTransform(4);
        Action[] calls =
        [
            () => new IndexIDMap(flat).Dispose(),
            () => new IndexIDMap2(flat).Dispose(),
            () => new IndexIDMap(flat, takeOwnership: true).Dispose(),
            () => new IndexRefineFlat(flat).Dispose(),
            () => new IndexPreTransform(flat).Dispose(),
            () => new IndexPreTransform(normalization, flat).Dispose(),
            () => new IndexIVFFlat(flat, 4).Dispose(),
            () => new IndexIVFScalarQuantizer(flat, 4, ScalarQuantizerType.EightBit).Dispose(),
            () => shards.AddShard(flat),
            () => replicas.AddReplica(flat),
            () => new IndexIDMap(map.Index).Dispose(),
        ];
        Assert.All(calls, call => Assert.Contains("Another index is made of this IndexFlatL2", Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal));
        using var shard = new IndexFlatL2(4);
        shards.AddShard(shard);
        Assert.Throws<InvalidOperationException>(() => others.AddShard(shard));
        others.AddShard(shards);
        Assert.ThrowsAny<InvalidOperationException>(() => shards.AddShard(others));
        map.Dispose();
        using var next = new IndexIDMap2(flat);
        next.AddWithIds(Vectors.AsSpan(0, 4), [5]);
        Assert.Equal(1, flat.Count);
    }

    [Fact]
    public void Views_are_changed_through_their_index_only()
    {
        Native.Require();
        using var ivf = (IndexIVF)FaissIndex.Create(4, "IVF2,Flat");
        ivf.Train(Vectors);
        Action[] calls =
        [
            () => ivf.Quantizer.Add(Vectors),
            ivf.Quantizer.Reset,
            () => ivf.Quantizer.Train(Vectors),
            () => new IndexIDMap(ivf.Quantizer).Dispose(),
            () => new IndexIVFFlat(ivf.Quantizer, 2, takeOwnership: true).Dispose(),
            () => new IndexIVFFlat(ivf.Quantizer, 3).Dispose(),
        ];
        Assert.All(calls, call => Assert.Throws<InvalidOperationException>(call));
    }

    [Fact]
    public void Trained_inverted_lists_share_a_quantizer()
    {
        Native.Require();
        using var quantizer = new IndexFlatL2(4);
        using var first = new IndexIVFFlat(quantizer, 2);
        Assert.Throws<InvalidOperationException>(() => new IndexIVFFlat(quantizer, 2));
        first.Train(Vectors);
        using var second = new IndexIVFFlat(quantizer, 2);
        second.Train(Vectors.AsSpan(0, 40));
        var centroids = quantizer.CopyVectors();
        first.Train(TestData.Uniform(40, 4, seed: 9));
        Assert.Equal(centroids, quantizer.CopyVectors());
        first.Add(Vectors);
        second.Add(Vectors);
        second.MergeFrom(first, 40);
        Assert.Equal(80, second.Count);
        Assert.Throws<InvalidOperationException>(quantizer.Reset);
        Assert.Throws<InvalidOperationException>(() => new IndexIDMap(quantizer));
    }

    [Fact]
    public void Indexes_share_a_trained_transform()
    {
        Native.Require();
        using var pca = new PCAMatrix(4, 2);
        using var first = new IndexPreTransform(pca, Keep(new IndexFlatL2(2)));
        Assert.Throws<InvalidOperationException>(() => new IndexPreTransform(pca, Keep(new IndexFlatL2(2))));
        first.Train(Vectors);
        using var second = new IndexPreTransform(pca, Keep(new IndexFlatL2(2)));
        second.Train(TestData.Uniform(40, 4, seed: 9));
        first.Add(Vectors);
        second.Add(Vectors);
        Assert.Equal(first.Search(Vectors, 3).Distances, second.Search(Vectors, 3).Distances);
    }

    // Composite indexes keep the object alive.
    private static T Keep<T>(T index) => index;
}
