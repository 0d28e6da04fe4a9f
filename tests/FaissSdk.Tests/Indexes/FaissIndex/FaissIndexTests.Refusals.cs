namespace FaissSdk.Tests.Indexes;

/// <content>Arguments and states that are rejected.</content>
public sealed partial class FaissIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void Vectors_without_finite_distances_are_not_assigned(int count)
    {
        Native.Require();
        using var index = Flat(2);
        index.Add([1e20f, 0, float.NaN, 0]);
        Assert.Equal(Enumerable.Repeat(-1L, count), index.Assign(new float[2 * count]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_truncated_file_is_rejected(string kind, MetricType metric)
    {
        using var index = Filled(kind, metric, out _);
        var path = _folder.File("whole");
        index.Save(path);
        var bytes = File.ReadAllBytes(path);
        var cut = _folder.File("cut");
        foreach (var length in new[] { 0, 3, 4, 20, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Contains(cut, Assert.Throws<FaissException>(() => FaissIndex.Load(cut)).Message);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reconstruct_rejects_absent_ids(string kind, MetricType metric)
    {
        using var index = Filled(kind, metric, out _);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(-1));
        var error = Assert.ThrowsAny<Exception>(() => index.Reconstruct(1L << 40));
        Assert.True(error is ArgumentOutOfRangeException or FaissException, error.ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_member_throws_after_Dispose(string kind, MetricType metric)
    {
        var index = Filled(kind, metric, out var vectors);
        index.Dispose();
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Count);
        Assert.Throws<ObjectDisposedException>(() => index.IsTrained);
        Assert.Throws<ObjectDisposedException>(() => index.Train(vectors));
        Assert.Throws<ObjectDisposedException>(() => index.Add(vectors));
        Assert.Throws<ObjectDisposedException>(() => index.AddWithIds(vectors, new long[Size]));
        Assert.Throws<ObjectDisposedException>(() => index.Search(vectors, 1));
        Assert.Throws<ObjectDisposedException>(() => index.RangeSearch(vectors, 1));
        Assert.Throws<ObjectDisposedException>(index.Reset);
        Assert.Throws<ObjectDisposedException>(() => index.Reconstruct(0));
        Assert.Contains(index.GetType().Name, Assert.Throws<ObjectDisposedException>(() => index.Save(_folder.File("x"))).ObjectName);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Wrong_lengths_are_rejected_by_name()
    {
        Native.Require();
        using var index = Flat(3);
        index.Add([1, 2, 3]);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Add([1, 2])).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Train([1, 2])).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Train([])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.AddWithIds([1, 2, 3], [1, 2])).ParamName);
        Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.Search([1, 2], 1)).ParamName);
        Assert.Equal("k", Assert.Throws<ArgumentOutOfRangeException>(() => index.Search([1, 2, 3], 0)).ParamName);
        Assert.Equal("distances", Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3], 2, new float[1], new long[2])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3], 2, new float[2], new long[3])).ParamName);
        Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.RangeSearch([1, 2], 1)).ParamName);
        Assert.Equal("radius", Assert.Throws<ArgumentOutOfRangeException>(() => index.RangeSearch([1, 2, 3], float.NaN)).ParamName);
    }

    [Theory]
    [InlineData("IVF16,Flat")]
    [InlineData("PQ4x4")]
    [InlineData("SQ8")]
    [InlineData("PCA4,Flat")]
    [InlineData("IVF4,PQ4x4fs")]
    public void An_untrained_index_rejects_vectors_and_queries(string kind)
    {
        Native.Require();
        using var index = FaissIndex.Create(8, kind);
        Assert.False(index.IsTrained);
        Assert.Contains("Train", Assert.Throws<InvalidOperationException>(() => index.Add(new float[8])).Message);
        Assert.Throws<InvalidOperationException>(() => index.Search(new float[8], 1));
        Assert.Throws<InvalidOperationException>(() => index.RangeSearch(new float[8], 1));
    }

    [Fact]
    public void Train_reports_the_error_of_FAISS()
    {
        Native.Require();
        using var index = FaissIndex.Create(8, "IVF16,Flat");
        Assert.Contains("16", Assert.Throws<FaissException>(() => index.Train(new float[8 * 5])).Message);
    }

    [Theory]
    [InlineData("IVF4,Flat", float.NaN)]
    [InlineData("IVF4,Flat", 1e30f)]
    [InlineData("IVF4,SQ8", float.PositiveInfinity)]
    [InlineData("PQ4x4", 1e20f)]
    [InlineData("PCA4,IVF4,Flat", float.NaN)]
    public void Encoding_indexes_reject_vectors_that_are_not_finite(string kind, float component)
    {
        using var index = Filled(kind, MetricType.L2, out var vectors);
        Array.Fill(vectors, component, 0, 8 * 30);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Add(vectors)).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Train(vectors)).ParamName);
        Assert.Throws<ArgumentException>(() => index.AddWithIds(vectors, new long[Size]));
        Assert.Equal(Size, index.Count);
    }

    [Fact]
    public void AddWithIds_rejects_negative_ids()
    {
        Native.Require();
        using var index = FaissIndex.Create(2, "IDMap,Flat");
        Assert.Equal("ids", Assert.Throws<ArgumentOutOfRangeException>(() => index.AddWithIds([0, 0, 1, 1], [7, -5])).ParamName);
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void AddWithIds_is_not_supported_where_FAISS_mistakes_ids_for_positions()
    {
        Native.Require();
        using var index = FaissIndex.Create(8, "IVF4,PQ4+4");
        Assert.Contains("PQ4+4", Assert.Throws<NotSupportedException>(() => index.AddWithIds(new float[8], [1L << 40])).Message);
    }

    [Fact]
    public void SetParameter_rejects_invalid_values()
    {
        using var index = Filled("IVF16,Flat", MetricType.L2, out _);
        foreach (var value in new[] { 0, -1, double.NaN, double.PositiveInfinity, 1e10 })
        {
            Assert.Equal("value", Assert.Throws<ArgumentOutOfRangeException>(() => index.SetParameter("nprobe", value)).ParamName);
        }

        Assert.Equal("name", Assert.Throws<ArgumentException>(() => index.SetParameter("", 1)).ParamName);
        Assert.Contains("nonsense", Assert.Throws<FaissException>(() => index.SetParameter("nonsense", 1)).Message);
    }

    [Fact]
    public void Errors_of_FAISS_name_the_cure()
    {
        Native.Require();
        using var flat = Flat(8);
        Assert.Contains("IDMap2,Flat", Message(() => flat.AddWithIds(new float[8], [7])));
        using var lists = Filled("IVF16,Flat", MetricType.L2, out _);
        Assert.Contains("MakeDirectMap", Message(() => lists.Reconstruct(3)));
        Assert.Contains("nprobe", Message(() => lists.SetParameter("nprobes", 4)));
        using var graph = FaissIndex.Create(8, "HNSW8,Flat");
        graph.Add(new float[16]);
        using var range = new IDSelectorRange(0, 1);
        Assert.Contains("IDSelectorNot", Message(() => graph.Remove(range)));

        static string Message(Action call) => Assert.Throws<FaissException>(call).Message;
    }

    [Fact]
    public void Load_names_the_class_for_a_file_of_the_other_family()
    {
        Native.Require();
        using var folder = new TemporaryFolder();
        using var flat = Flat(8);
        flat.Save(folder.File("float"));
        Assert.Contains("use FaissIndex.Load", Assert.Throws<FaissException>(() => IndexBinary.Load(folder.File("float"))).Message);
        File.WriteAllBytes(folder.File("binary"), [.. "IBxF"u8, .. new byte[64]]);
        Assert.Contains("use IndexBinary.Load", Assert.Throws<FaissException>(() => FaissIndex.Load(folder.File("binary"))).Message);
        File.WriteAllText(folder.File("text"), "neither");
        Assert.DoesNotContain("use ", Assert.Throws<FaissException>(() => FaissIndex.Load(folder.File("text"))).Message);
    }
}
