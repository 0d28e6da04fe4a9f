using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

/// <summary>Checks queries and vectors that fast-scan codes do not tell apart.</summary>
public class FastScanTests
{
    private const int Dimension = 8;
    private const int Size = 300;
    private const float Value = 1.5f;

    public static TheoryData<string, MetricType> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, MetricType>();
            string[] both = ["PQ4x4fs", "IVF4,PQ4x4fs", "IVF4,PQ4x4fsr", "IDMap2,PQ4x4fs", "RR8,PQ4x4fs", "PQ4x4fs,RFlat", "RR8,IVF4,PQ4x4fs,Refine(SQ8)"];
            foreach (var description in both)
            {
                kinds.Add(description, MetricType.L2);
                kinds.Add(description, MetricType.InnerProduct);
            }

            foreach (var description in new[] { "RQ2x4fs_32_Nrq2x4", "PLSQ2x1x4fs_32_Nlsq2x4", "IVF4,RQ2x4fs_32_Nrq2x4", "IDMap2,PLSQ2x1x4fs_32_Nlsq2x4" })
            {
                kinds.Add(description, MetricType.L2);
            }

            return kinds;
        }
    }

    public static TheoryData<string> Removing => ["PQ4x4fs", "IDMap2,PQ4x4fs", "RQ2x4fs_32_Nrq2x4", "LSQ2x4fs_32_Nlsq2x4", "IVF1,PQ4x4fs", "IVF1,RQ2x4fs_32_Nrq2x4", "RaBitQfs", "IVF1,RaBitQfs"];

    [Theory]
    [MemberData(nameof(Removing))]
    public void Vectors_added_after_others_were_removed_are_found_or_the_removal_is_refused(string description)
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var index = Created(description);
        index.Train(TestData.Uniform(Size, Dimension));
        using var expected = index.Clone();
        var vectors = TestData.Uniform(60, Dimension, 2);
        index.AddWithIdsOrNot(vectors.AsSpan(0, 40 * Dimension).ToArray());
        try
        {
            using var selector = new IDSelectorRange(10, 40);
            Assert.Equal(30, index.Remove(selector));
        }
        catch (NotSupportedException e)
        {
            Assert.Contains("fast-scan", e.Message, StringComparison.Ordinal);
            var isRefusedByVersion = (description.StartsWith("IVF", StringComparison.Ordinal) && KnownDefects.FastScanLists.IsPresent) || description.Contains("RaBitQ", StringComparison.Ordinal);
            Assert.False(FaissLibrary.Supports("faiss_sdk_clear_unused_codes") && !isRefusedByVersion);
            return;
        }

        var added = vectors.AsSpan(40 * Dimension);
        expected.AddWithIdsOrNot(vectors.AsSpan(0, 10 * Dimension).ToArray());
        AddWithIds(index, added);
        AddWithIds(expected, added);
        Assert.Equal(expected.Search(vectors, 5).Ids, index.Search(vectors, 5).Ids);
    }

    [Theory]
    [InlineData("PQ4x4fs")]
    [InlineData("RQ2x4fs_32_Nrq2x4")]
    public void Vectors_added_after_a_merge_are_found_or_the_merge_is_refused(string description)
    {
        Native.Require();
        using var index = Created(description);
        index.Train(TestData.Uniform(Size, Dimension));
        using var other = index.Clone();
        using var expected = index.Clone();
        var vectors = TestData.Uniform(27, Dimension, 2);
        other.Add(vectors.AsSpan(0, 7 * Dimension));
        if (Record.Exception(() => index.MergeFrom(other)) is { } refused)
        {
            Assert.IsType<NotSupportedException>(refused);
            Assert.False(FaissLibrary.Supports("faiss_sdk_clear_unused_codes"));
            return;
        }

        index.Add(vectors.AsSpan(7 * Dimension));
        expected.Add(vectors);
        Assert.Equal(expected.Search(vectors, 5).Ids, index.Search(vectors, 5).Ids);
        Assert.Equal(expected.Serialize(), index.Serialize());
    }

    // FAISS removes, writes and reads the rest of a block, as a program without FaissSdk does.
    [Theory]
    [InlineData("PQ4x4fs")]
    [InlineData("IDMap2,PQ4x4fs")]
    [InlineData("IVF1,PQ4x4fs")]
    public unsafe void Vectors_added_to_a_file_from_which_others_were_removed_are_found(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_clear_unused_codes"), "This needs a library of FaissSdk.");
        Assert.SkipWhen(description.StartsWith("IVF", StringComparison.Ordinal) && KnownDefects.FastScanLists.IsPresent, "This FAISS version does not remove from fast-scan lists.");
        using var single = Native.SingleThread();
        using var index = FaissIndex.Create(Dimension, description);
        index.Train(TestData.Uniform(Size, Dimension));
        using var expected = index.Clone();
        var vectors = TestData.Uniform(60, Dimension, 2);
        index.AddWithIdsOrNot(vectors.AsSpan(0, 40 * Dimension).ToArray());
        using (var selector = new IDSelectorRange(10, 40))
        using (var chosen = selector.Handle.Acquire(selector))
        using (var native = index.Handle.Acquire(index))
        {
            nuint removed;
            Assert.Equal(0, FaissNative.faiss_Index_remove_ids(native.Pointer, chosen.Pointer, &removed));
            Assert.Equal(30u, removed);
        }

        using var loaded = FaissIndex.Deserialize(index.Serialize());
        expected.AddWithIdsOrNot(vectors.AsSpan(0, 10 * Dimension).ToArray());
        var added = vectors.AsSpan(40 * Dimension);
        AddWithIds(loaded, added);
        AddWithIds(expected, added);
        Assert.Equal(expected.Search(vectors, 5).Ids, loaded.Search(vectors, 5).Ids);
        Assert.Equal(expected.Serialize(), loaded.Serialize());
    }

    private static void AddWithIds(FaissIndex index, ReadOnlySpan<float> vectors)
    {
        if (index is IndexIDMap)
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(100, vectors.Length / Dimension).Select(id => (long)id)]);
        }
        else
        {
            index.Add(vectors);
        }
    }

    private static FaissIndex Created(string description)
    {
        try
        {
            return FaissIndex.Create(Dimension, description);
        }
        catch (NotSupportedException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    [Theory]
    [InlineData("PQ4x4fs_64")]
    [InlineData("PQ4x4fs_160")]
    [InlineData("RR8,PQ4x4fs_96")]
    [InlineData("PQ4x4fs_64,RFlat")]
    public void Wide_blocks_find_what_blocks_of_32_do(string description)
    {
        Native.Require();
        ChildProcess.Run(
            static description =>
            {
                using var index = FaissIndex.Create(Dimension, description);
                var vectors = TestData.Uniform(Size, Dimension);
                index.Train(vectors);
                index.Add(vectors);
                var found = index.Search(vectors, 3);
                var assigned = index.Assign(vectors);
                for (var i = 0; i < Size; i++)
                {
                    var one = index.Search(vectors.AsSpan(i * Dimension, Dimension), 3);
                    for (var j = 0; j < 3; j++)
                    {
                        // BLAS rounds a rotation by the number of its vectors: d·2⁻²⁴·|x| for each component, in distances below d.
                        Assert.Equal(one.Distances[j], found.Distances[(3 * i) + j], description.StartsWith("RR", StringComparison.Ordinal) ? 1e-5 : 0);
                    }

                    Assert.Equal(one[0].Distances[0], index.Search(vectors.AsSpan(i * Dimension, Dimension), 1).Distances[0]);
                    Assert.InRange(assigned[i], 0, Size - 1);
                }
            },
            description).AssertReturned();
    }

    [Fact]
    public void Blocks_of_more_than_160_vectors_are_refused()
    {
        Native.Require();
        Assert.Contains("at most 160 vectors", Assert.Throws<ArgumentException>(() => FaissIndex.Create(Dimension, "PQ4x4fs_192").Dispose()).Message, StringComparison.Ordinal);
        using var lists = FaissIndex.Create(Dimension, "IVF4,PQ4x4fs_192");
        Assert.Equal(Dimension, lists.Dimension);
    }

    [Fact]
    public void Wide_blocks_are_no_quantizers_where_they_take_one_query()
    {
        Native.Require();
        Assert.SkipUnless(KnownDefects.FastScanBlocksOfQueries.IsPresent, "This FAISS takes several queries.");
        Assert.Contains("blocks of 32", Assert.Throws<ArgumentException>(() => FaissIndex.Create(Dimension, "IVF8(PQ4x4fs_64),Flat").Dispose()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_query_equally_far_from_all_codes_is_refused_or_right(string description, MetricType metric)
    {
        Native.Require();
        ChildProcess.Run(Try, $"{description} {metric}").AssertReturned();
    }

    [Theory]
    [InlineData("PQ4x4fs")]
    [InlineData("IVF4,PQ4x4fs")]
    public void A_query_of_zeros_is_named_among_others(string description)
    {
        using var single = Native.SingleThread();
        Native.Require();
        using var index = Filled(description, MetricType.InnerProduct, TestData.Uniform(Size, Dimension));
        var queries = TestData.Uniform(5, Dimension, 2);
        Assert.DoesNotContain(-1, index.Assign(queries));
        queries.AsSpan(3 * Dimension, Dimension).Clear();
        Assert.Contains("query 3", Assert.Throws<InvalidOperationException>(() => index.Search(queries, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("query 3", Assert.Throws<InvalidOperationException>(() => index.Assign(queries)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_around_codes_that_are_equally_far_is_refused()
    {
        Assert.SkipUnless(Native.IsAvailable && IndexKind.IsNewFaiss, "Range searches of fast-scan codes need FAISS 1.15.0.");
        using var single = Native.SingleThread();
        using var index = Filled("IVF4,PQ4x4fs", MetricType.L2, new float[Size * Dimension]);
        Assert.Contains("query 0", Assert.Throws<InvalidOperationException>(() => index.RangeSearch(new float[Dimension], 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MetricType.L2)]
    [InlineData(MetricType.InnerProduct)]
    public void A_range_contains_no_vector_beyond_its_radius(MetricType metric)
    {
        Assert.SkipUnless(Native.IsAvailable && IndexKind.IsNewFaiss, "Range searches of fast-scan codes need FAISS 1.15.0.");
        using var single = Native.SingleThread();
        using var index = Filled("IVF4,PQ4x4fs", metric, TestData.Uniform(Size, Dimension));
        float[] queries = [.. Enumerable.Repeat(100f, Dimension), .. TestData.Uniform(1, Dimension, 4)];
        var found = index.RangeSearch(queries, metric == MetricType.L2 ? 1 : 2);
        Assert.All(found.Distances.ToArray(), distance => Assert.True(metric == MetricType.L2 ? distance < 1 : distance > 2, $"{distance} is beyond the radius."));
        Assert.NotEmpty(found[1]);
        if (metric == MetricType.L2)
        {
            Assert.Empty(found[0]);
        }
    }

    private static void Try(string argument)
    {
        var (description, metric) = (argument.Split(' ')[0], Enum.Parse<MetricType>(argument.Split(' ')[1]));
        using var single = Native.SingleThread();
        var zeros = new float[Size * Dimension];
        float[] constant = [.. Enumerable.Repeat(Value, Size * Dimension)];
        float[] signs = [.. TestData.Uniform(Size, Dimension).Select(x => x < 0.5f ? -1f : 1f)];
        foreach (var vectors in new[] { zeros, constant, signs, TestData.Uniform(Size, Dimension) })
        {
            using var index = Filled(description, metric, vectors);
            foreach (var query in new[] { new float[Dimension], [.. Enumerable.Repeat(Value, Dimension)], TestData.Uniform(1, Dimension, 9) })
            {
                foreach (var k in new[] { 1, 3 })
                {
                    Check(index, vectors, query, k, isAdditive: description.Contains("_N", StringComparison.Ordinal));
                }
            }
        }
    }

    // Fast-scan codes of additive quantizers leave the norm of the query out of the distance.
    private static void Check(FaissIndex index, float[] vectors, float[] query, int k, bool isAdditive)
    {
        SearchResult found;
        try
        {
            found = index.Search(query, k);
        }
        catch (InvalidOperationException error) when (error.Message.Contains("query 0", StringComparison.Ordinal))
        {
            return;
        }

        var products = index.Metric == MetricType.InnerProduct;
        var exact = Enumerable.Range(0, Size)
            .Select(i => Enumerable.Range(0, Dimension).Sum(j => products ? vectors[(i * Dimension) + j] * query[j] : MathF.Pow(vectors[(i * Dimension) + j] - query[j], 2)))
            .ToArray();
        for (var i = 0; i < k; i++)
        {
            Assert.InRange(found.Ids[i], 0, Size - 1);
            Assert.False(float.IsNaN(found.Distances[i]));
            if (!isAdditive)
            {
                Assert.True(Math.Abs(found.Distances[i] - exact[found.Ids[i]]) < 4, $"{found.Distances[i]} instead of {exact[found.Ids[i]]}");
            }
        }
    }

    private static FaissIndex Filled(string description, MetricType metric, float[] vectors)
    {
        var index = FaissIndex.Create(Dimension, description, metric);
        index.Train(vectors);
        if (description.Contains("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, Size).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        if (description.Contains("IVF", StringComparison.Ordinal))
        {
            index.SetParameter("nprobe", 4);
        }

        return index;
    }
}
