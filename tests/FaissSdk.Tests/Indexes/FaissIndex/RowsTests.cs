namespace FaissSdk.Tests.Indexes;

/// <summary>Vectors in other types than spans of floats.</summary>
public class RowsTests
{
    // Two blocks of conversion for d = 4.
    private const int Many = 300_000;
    private const int InSecondBlock = 290_000;

    [Fact]
    public void Numbers_of_all_types_are_added_like_floats()
    {
        var floats = TestData.Integers(100, 4);
        long[] ids = [.. Enumerable.Range(0, 100).Select(i => 1000L + i)];
        var found = Found(ids, index => index.Train(floats), (index, chosen) => index.Add(floats, chosen), index => index.Search(floats, 3));
        byte[] bytes = [.. floats.Select(x => (byte)x)];
        sbyte[] signed = [.. floats.Select(x => (sbyte)x)];
        Half[] halves = [.. floats.Select(x => (Half)x)];
        double[] doubles = [.. floats.Select(x => (double)x)];
        ReadOnlyMemory<float> memory = floats;
        float[][] arrays = [.. floats.Chunk(4)];
        ReadOnlyMemory<float>[] memories = [.. arrays.Select(row => new ReadOnlyMemory<float>(row))];
        Assert.Equal(found, Found(ids, index => index.Train(bytes), (index, chosen) => index.Add(bytes, chosen), index => index.Search(bytes, 3)));
        Assert.Equal(found, Found(ids, index => index.Train(signed), (index, chosen) => index.Add(signed, chosen), index => index.Search(signed, 3)));
        Assert.Equal(found, Found(ids, index => index.Train(halves), (index, chosen) => index.Add(halves, chosen), index => index.Search(halves, 3)));
        Assert.Equal(found, Found(ids, index => index.Train(doubles), (index, chosen) => index.Add(doubles, chosen), index => index.Search(doubles, 3)));
        Assert.Equal(found, Found(ids, index => index.Train(memory), (index, chosen) => index.Add(memory, chosen), index => index.Search(memory, 3)));
        Assert.Equal(found, Found(ids, index => index.Train(arrays), (index, chosen) => index.Add(arrays, chosen), index => index.Search(arrays, 3)));
        Assert.Equal(found, Found(ids, index => index.Train(memories), (index, chosen) => index.Add(memories, chosen), index => index.Search(memories, 3)));
    }

    [Fact]
    public void Vectors_without_ids_are_numbered_like_floats()
    {
        Native.Require();
        var floats = TestData.Integers(10, 4);
        using var index = new IndexFlatL2(4);
        index.Add(floats.Select(x => (byte)x).ToArray());
        index.Add(floats.Select(x => (sbyte)x).ToArray());
        index.Add(floats.Select(x => (Half)x).ToArray());
        index.Add(floats.Select(x => (double)x).ToArray());
        index.Add(floats.AsMemory());
        index.Add(floats.Chunk(4));
        index.Add(floats.Chunk(4).Select(row => (ReadOnlyMemory<float>)row));
        Assert.Equal(Enumerable.Repeat(floats, 7).SelectMany(x => x), index.ReconstructRange(0, 70));
    }

    [Fact]
    public void Extreme_halves_and_bytes_are_exact()
    {
        Native.Require();
        using var index = new IndexFlatL2(4);
        index.Add([Half.MaxValue, Half.Epsilon, -Half.MaxValue, Half.NegativeZero]);
        index.Add([sbyte.MinValue, sbyte.MaxValue, (sbyte)-1, (sbyte)0]);
        index.Add([byte.MaxValue, (byte)0, (byte)1, (byte)128]);
        Assert.Equal([65504f, 5.9604645e-8f, -65504f, 0f, -128f, 127f, -1f, 0f, 255f, 0f, 1f, 128f], index.ReconstructRange(0, 3));
    }

    [Fact]
    public void Several_blocks_are_added_and_searched_as_one()
    {
        Native.Require();
        var doubles = new double[Many * 4];
        for (var i = 0; i < doubles.Length; i++)
        {
            doubles[i] = i;
        }

        using var index = new IndexIDMap2(new IndexFlatL2(4));
        index.Add(doubles, [.. Enumerable.Range(5, Many).Select(i => (long)i)]);
        Assert.Equal(Many, index.Count);
        Assert.Equal([4f * InSecondBlock, (4 * InSecondBlock) + 1, (4 * InSecondBlock) + 2, (4 * InSecondBlock) + 3], index.Reconstruct(InSecondBlock + 5));
        using var few = new IndexFlatL2(4);
        few.Add(doubles.AsSpan(0, 8));
        var found = few.Search(doubles, 1);
        Assert.Equal(Many, found.Ids.Length);
        Assert.Equal(0, found[0][0].Id);
        Assert.Equal((1, 0f), (found[1][0].Id, found[1][0].Distance));
        Assert.True(found[InSecondBlock][0].Distance < found[InSecondBlock + 1][0].Distance);
    }

    [Fact]
    public void A_double_beyond_float_is_refused_by_its_vector_and_nothing_is_added()
    {
        Native.Require();
        var doubles = new double[Many * 4];
        doubles[(InSecondBlock * 4) + 2] = -1e300;
        using var index = new IndexFlatL2(4);
        Refused(() => index.Add(doubles), "vectors", $"-1E+300 in vector {InSecondBlock}, component 2");
        Assert.Equal(0, index.Count);
        index.Add([0.0, double.PositiveInfinity, float.MaxValue, -1e-300]);
        Assert.Equal([0f, float.PositiveInfinity, float.MaxValue, 0f], index.Reconstruct(0));
        Refused(() => index.Search(doubles.AsSpan(4), 1), "queries", $"in vector {InSecondBlock - 1}, component 2");
    }

    [Fact]
    public void A_value_that_the_index_refuses_is_named_by_its_vector_and_nothing_is_added()
    {
        Native.Require();
        using var index = new IndexScalarQuantizer(4, ScalarQuantizerType.EightBit);
        index.Train(TestData.Uniform(100, 4));
        var halves = new Half[Many * 4];
        halves[(InSecondBlock * 4) + 1] = Half.NaN;
        Refused(() => index.Add(halves), "vectors", $"NaN in vector {InSecondBlock}, component 1");
        Assert.Equal(0, index.Count);
        Refused(() => index.Search(halves, 1), "queries", $"NaN in vector {InSecondBlock}, component 1");
    }

    [Fact]
    public void A_vector_of_another_length_is_named_by_its_number()
    {
        Native.Require();
        using var index = new IndexFlatL2(4);
        float[][] rows = [new float[4], new float[4], new float[3]];
        Refused(() => index.Add(rows), "vectors", "3 components in vector 2, expected 4");
        Refused(() => index.Train(rows), "vectors", "vector 2");
        Refused(() => index.Search(rows, 1), "queries", "vector 2");
        Refused(() => index.Search(rows.Select(row => (ReadOnlyMemory<float>)row), 1), "queries", "vector 2");
        Refused(() => index.Add([new float[4], null!]), "vectors", "no vector 1");
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Rows_are_enumerated_once_and_their_exceptions_reach_the_caller()
    {
        Native.Require();
        using var index = new IndexFlatL2(4);
        var made = 0;
        index.Add(Enumerable.Range(0, 3).Select(_ => new float[4 + (made++ * 0)]));
        Assert.Equal((3, 3), (made, index.Count));
        Assert.Throws<InvalidTimeZoneException>(() => index.Add(Enumerable.Range(0, 3).Select(i => i < 2 ? new float[4] : throw new InvalidTimeZoneException())));
        Assert.Equal(3, index.Count);
    }

    [Fact]
    public void Shards_with_successive_ids_get_all_vectors_in_one_call()
    {
        Native.Require();
        using var shards = new IndexShards(4, successiveIds: true);
        using var first = new IndexFlatL2(4);
        using var second = new IndexFlatL2(4);
        shards.AddShard(first);
        shards.AddShard(second);
        shards.Add(new byte[Many * 4]);
        Assert.Equal(Many, shards.Count);
        Assert.Equal(first.Count, second.Count);
    }

    [Fact]
    public void Vectors_are_removed_by_their_ids()
    {
        Native.Require();
        using var index = FaissIndex.Create(4, "IDMap2,Flat");
        index.Add(TestData.Uniform(5, 4), [10, 11, 12, 13, 14]);
        Assert.Equal(2, index.Remove(11, 13, 99));
        Assert.Equal(0, index.Remove());
        long[] others = [10, 14];
        Assert.Equal(2, index.Remove(others));
        Assert.Equal([12L], index.Search(new float[4], 1).Ids);
        Assert.Contains("position 1", Assert.Throws<ArgumentOutOfRangeException>(() => index.Remove(12, -1)).Message);
        Assert.Equal(1, index.Count);
    }

    [Fact]
    public void Parameters_of_a_search_apply_to_other_types_of_queries()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_SearchParametersIVF_new_with"), "The library has no search parameters.");
        using var index = FaissIndex.Create(4, "IVF4,Flat");
        var vectors = TestData.Integers(160, 4);
        index.Train(vectors);
        index.Add(vectors);
        using var all = new SearchParametersIVF(nProbe: 4);
        var expected = index.Search(vectors, 5, all);
        Assert.Equal(expected.Ids, index.Search(vectors.Select(x => (double)x).ToArray(), 5, all).Ids);
        Assert.NotEqual(expected.Distances.ToArray().Sum(), index.Search(vectors, 5).Distances.ToArray().Sum());
    }

    private static void Refused(Action call, string parameter, string text)
    {
        var error = Assert.Throws<ArgumentException>(call);
        Assert.Equal(parameter, error.ParamName);
        Assert.Contains(text, error.Message);
    }

    private static (string Ids, string Distances) Found(long[] ids, Action<FaissIndex> train, Action<FaissIndex, long[]> add, Func<FaissIndex, SearchResult> search)
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var index = FaissIndex.Create(4, "IVF2,Flat");
        train(index);
        add(index, ids);
        var found = search(index);
        return (string.Join(' ', found.Ids.ToArray()), string.Join(' ', found.Distances.ToArray()));
    }
}
