namespace FaissSdk.Tests.Indexes;

/// <summary>Calls at the same time: any number that read, or one that changes.</summary>
public partial class ConcurrentCallsTests
{
    private const int Dimension = 32;

    [Theory]
    [InlineData("Flat")]
    [InlineData("HNSW8")]
    [InlineData("IDMap,Flat")]
    [InlineData("PCA16,Flat")]
    [InlineData("IVF4,Flat")]
    public void A_change_beside_a_search_throws_and_names_it(string description)
    {
        Native.Require();
        using var index = Filled(description);
        using var reading = new Held(index);
        var error = Assert.Throws<InvalidOperationException>(() => Change(index));
        Assert.Contains("Save", error.Message, StringComparison.Ordinal);
        Assert.Contains("AsConcurrent()", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(index.Reset);
        Assert.Throws<InvalidOperationException>(() => index.Train(Vectors(200)));
        Assert.Equal(3, index.Search(Vectors(3), 1).QueryCount);
        reading.Dispose();
        Change(index);
    }

    [Fact]
    public void Every_kind_of_change_is_refused_beside_a_search()
    {
        Native.Require();
        using var lists = new IndexIVFFlat(new IndexFlatL2(Dimension), 4);
        using var other = new IndexIVFFlat(new IndexFlatL2(Dimension), 4);
        lists.Train(Vectors(400));
        other.Train(Vectors(400));
        lists.Add(Vectors(10));
        Refuse(
            lists,
            () => lists.AddWithIds(Vectors(1), [1]),
            () => lists.AddToLists(Vectors(1), [1], [1]),
            () => lists.UpdateVectors(Vectors(1), [1]),
            () => lists.MakeDirectMap(),
            () => lists.MergeFrom(other),
            () => other.MergeFrom(lists),
            () => other.CopySubsetTo(lists, IndexIVFSubset.Range, 0, 1),
            () => lists.Remove(new IDSelectorRange(0, 1)));
        other.CopySubsetTo(lists, IndexIVFSubset.Range, 0, 1);
        using var flat = new IndexFlatL2(Dimension);
        using var transform = new NormalizationTransform(Dimension);
        using var clustering = new Clustering(Dimension, 2);
        Refuse(
            flat,
            () => clustering.Train(Vectors(100), flat),
            () => new IndexIDMap(flat, takeOwnership: true).Dispose(),
            () => new IndexPreTransform(transform, flat, takeOwnership: true).Dispose());
        using var pre = new IndexPreTransform(transform, flat);
        using var before = new NormalizationTransform(Dimension);
        Refuse(pre, () => pre.PrependTransform(before));
        using var map = new IndexIDMap2(new IndexFlatL2(Dimension));
        Refuse(map, map.ConstructReverseMap);
        pre.PrependTransform(before);
        map.ConstructReverseMap();
    }

    [Fact]
    public void Parts_are_neither_added_nor_transferred_beside_a_search()
    {
        Native.Require();
        using var shards = new IndexShards(Dimension);
        using var shard = new IndexFlatL2(Dimension);
        using var next = new IndexFlatL2(Dimension);
        shards.AddShard(shard);
        using (new Held(shard))
        {
            Assert.All<Action>(
                [() => shards.AddShard(next), () => shards.RemoveShard(shard), shards.TakeOwnership, () => shards.SuccessiveIds = false],
                call => Assert.Contains("Save of a part", Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal));
        }

        shards.AddShard(next);
        shards.TakeOwnership();
        Assert.Equal(2, shards.ShardCount);
    }

    [Fact]
    public void Numbers_are_read_and_set_beside_any_call()
    {
        Native.Require();
        using var index = (IndexIVF)Filled("IVF4,Flat");
        using (new Held(index))
        {
            index.NProbe = 3;
            index.Verbose = false;
            index.SetParameter("nprobe", 2);
            Assert.Equal((2, 4, true), (index.NProbe, index.NList, index.IsTrained));
        }
    }

    [Fact]
    public void A_change_of_the_whole_is_seen_on_its_parts()
    {
        Native.Require();
        using var flat = new IndexFlatL2(Dimension);
        using var map = new IndexIDMap(flat);
        using var shards = new IndexShards(Dimension, threaded: false, successiveIds: false);
        shards.AddShard(map);
        map.Dispose();
        shards.AddWithIds(Vectors(8), [1, 2, 3, 4, 5, 6, 7, 8]);
        using (new Held(flat))
        {
            Assert.Contains("Save of a part", Assert.Throws<InvalidOperationException>(() => shards.AddWithIds(Vectors(1), [9])).Message, StringComparison.Ordinal);
            Assert.Equal(8, shards.Search(Vectors(1), 8)[0].Ids.Length);
        }

        shards.AddWithIds(Vectors(1), [9]);
        using var ivf = (IndexIVF)Filled("IVF4,Flat");
        using (new Held(ivf.Quantizer))
        {
            Assert.Throws<InvalidOperationException>(() => ivf.Add(Vectors(1)));
        }

        ivf.Add(Vectors(1));
    }

    [Fact]
    public void A_change_that_fails_ends()
    {
        Native.Require();
        using var index = new IndexFlatL2(Dimension);
        Assert.Throws<FaissException>(() => index.AddWithIds(Vectors(1), [1]));
        Assert.Throws<ArgumentException>(() => index.Add(new float[1]));
        index.Add(Vectors(1));
        Assert.Equal(1, index.Search(Vectors(1), 1).QueryCount);
    }

    [Fact]
    public void A_stream_may_search_the_index_that_it_receives()
    {
        Native.Require();
        using var index = Filled("Flat");
        var found = 0L;
        InvalidOperationException? refused = null;
        index.Save(new CallbackStream(() =>
        {
            found = index.Assign(Vectors(1))[0];
            refused ??= Record.Exception(() => index.Add(Vectors(1))) as InvalidOperationException;
        }));
        Assert.Equal(0, found);
        Assert.NotNull(refused);
        index.Add(Vectors(1));
    }

    [Fact]
    public void Clustering_with_a_part_of_an_index_is_refused()
    {
        Native.Require();
        using var ivf = (IndexIVF)Filled("IVF4,Flat");
        using var clustering = new Clustering(Dimension, 4);
        Assert.Contains("Another index is made of this", Assert.Throws<InvalidOperationException>(() => clustering.Train(Vectors(200), ivf.Quantizer)).Message, StringComparison.Ordinal);
        Assert.Equal(4, ivf.Quantizer.Count);
        ivf.Add(Vectors(10));
    }

    private static void Refuse(FaissIndex index, params Action[] changes)
    {
        using var reading = new Held(index);
        Assert.All(changes, change => Assert.Contains("Save", Assert.Throws<InvalidOperationException>(change).Message, StringComparison.Ordinal));
    }

    private static void Change(FaissIndex index)
    {
        if (index is IndexIDMap)
        {
            index.AddWithIds(Vectors(1), [1000]);
        }
        else
        {
            index.Add(Vectors(1));
        }
    }

    private static FaissIndex Filled(string description)
    {
        var index = FaissIndex.Create(Dimension, description);
        index.Train(Vectors(400));
        if (index is IndexIDMap)
        {
            index.AddWithIds(Vectors(400), [.. Enumerable.Range(0, 400).Select(i => (long)i)]);
        }
        else
        {
            index.Add(Vectors(400));
        }

        return index;
    }

    private static float[] Vectors(int count) => TestData.Uniform(count, Dimension);

    /// <summary>A call that reads the index on another thread, from the constructor to Dispose.</summary>
    private sealed class Held : IDisposable
    {
        private readonly ManualResetEventSlim _begun = new();
        private readonly ManualResetEventSlim _end = new();
        private readonly Thread _thread;

        public Held(FaissIndex index)
        {
            _thread = new Thread(() => index.Save(new CallbackStream(() =>
            {
                _begun.Set();
                _end.Wait();
            })));
            _thread.Start();
            _begun.Wait();
        }

        public void Dispose()
        {
            _end.Set();
            _thread.Join();
        }
    }

    private sealed class CallbackStream(Action callback) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            callback();
            base.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            callback();
            base.Write(buffer, offset, count);
        }
    }
}
