namespace FaissSdk.Tests.Indexes;

/// <summary>Inverted lists whose direct map is a hash table.</summary>
public class HashtableTests
{
    private const int Dimension = 8;

    public static TheoryData<string, int> Sequences()
    {
        var data = new TheoryData<string, int>();
        foreach (var kind in new[] { "IVF16,Flat", "RR8,IVF16,Flat" })
        {
            for (var seed = 0; seed < 8; seed++)
            {
                data.Add(kind, seed);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Vectors_are_found_by_id_after_any_changes(string kind, int seed)
    {
        var index = Trained(kind);
        try
        {
            var (random, model, next) = (new Random(seed), new Dictionary<long, float[]>(), 0L);
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(8))
                {
                    case 0 or 1:
                        var ids = Enumerable.Range(0, random.Next(1, 30)).Select(_ => (next += random.Next(1, 50)) * 1000).ToArray();
                        var added = Random(random, ids.Length);
                        index.AddWithIds(added, ids);
                        Put(model, ids, added);
                        break;
                    case 2 when !Enumerable.Range(0, 5).Any(i => model.ContainsKey(index.Count + i)):
                        var first = index.Count;
                        var numbered = Random(random, 5);
                        index.Add(numbered);
                        Put(model, [.. Enumerable.Range(0, 5).Select(i => first + i)], numbered);
                        break;
                    case 3 or 4:
                        var changed = model.Keys.Where(_ => random.Next(3) == 0).ToArray();
                        var values = Random(random, changed.Length);
                        index.UpdateVectors(values, changed);
                        Put(model, changed, values);
                        break;
                    case 5:
                        using (var selector = NewSelector(random, model))
                        {
                            var removed = model.Keys.Where(id => selector.Contains(id)).ToArray();
                            Assert.Equal(removed.Length, index.Remove(selector));
                            Array.ForEach(removed, id => model.Remove(id));
                        }

                        break;
                    case 6:
                        var copy = random.Next(2) == 0 ? index.Clone() : FaissIndex.Deserialize(index.Serialize());
                        index.Dispose();
                        index = copy;
                        index.SetParameter("nprobe", 16);
                        break;
                    case 7 when random.Next(6) == 0:
                        index.Reset();
                        model.Clear();
                        break;
                }

                Check(index, model);
            }
        }
        finally
        {
            index.Dispose();
        }
    }

    [Theory]
    [InlineData("IDMap2,IVF16,Flat")]
    [InlineData("IDMap,IVF16,Flat")]
    [InlineData("IVF16,Flat,RFlat")]
    public void Vectors_without_ids_enter_the_table(string kind)
    {
        using var index = Trained(kind);
        var (random, model) = (new Random(5), new Dictionary<long, float[]>());
        for (var block = 0; block < 4; block++)
        {
            var vectors = Random(random, 20);
            var ids = Enumerable.Range(0, 20).Select(i => kind.StartsWith("IDMap", StringComparison.Ordinal) ? 7L * ((20 * block) + i) : (20 * block) + i).ToArray();
            if (kind.StartsWith("IDMap", StringComparison.Ordinal))
            {
                index.AddWithIds(vectors, ids);
            }
            else
            {
                index.Add(vectors);
            }

            Put(model, ids, vectors);
        }

        var changed = model.Keys.Where(id => id % 2 == 0).ToArray();
        var values = Random(random, changed.Length);
        index.UpdateVectors(values, changed);
        Put(model, changed, values);
        foreach (var (id, vector) in model)
        {
            Assert.Equal((id, 0f), (index.Search(vector, 1)[0][0].Id, index.Search(vector, 1)[0][0].Distance));
        }

        if (kind != "IDMap,IVF16,Flat")
        {
            Check(index, model);
        }
    }

    [Theory]
    [InlineData("IVF16,SQ8")]
    [InlineData("IVF16,PQ4x4")]
    [InlineData("Flat")]
    [InlineData("SQ8")]
    [InlineData("RR8,SQ8")]
    [InlineData("IDMap2,Flat")]
    public void Replaced_vectors_are_encoded_as_added_ones(string kind)
    {
        Native.RequireOwnSearch();
        var (vectors, values) = (TestData.Uniform(200, Dimension), TestData.Uniform(50, Dimension, seed: 9));
        using var index = Trained(kind);
        using var expected = index.Clone();
        var ids = Enumerable.Range(0, 200).Select(i => (long)i).ToArray();
        var replaced = vectors.ToArray();
        for (var i = 0; i < 50; i++)
        {
            values.AsSpan(i * Dimension, Dimension).CopyTo(replaced.AsSpan(3 * i * Dimension));
        }

        AddAll(index, vectors, ids);
        AddAll(expected, replaced, ids);
        index.UpdateVectors(values, [.. Enumerable.Range(0, 50).Select(i => 3L * i)]);
        Assert.Equal(expected.Reconstruct(ids), index.Reconstruct(ids));
        Assert.Equal(expected.Search(values, 3).Ids, index.Search(values, 3).Ids);
        Assert.Equal(200, index.Count);
    }

    [Fact]
    public void An_absent_id_leaves_all_vectors_as_they_are()
    {
        using var index = Trained("IVF16,Flat");
        var vectors = TestData.Uniform(20, Dimension);
        index.AddWithIds(vectors, [.. Enumerable.Range(0, 20).Select(i => 10L * i)]);
        var before = index.Serialize();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => index.UpdateVectors(new float[3 * Dimension], [10, 20, 21]));
        Assert.Equal("ids", error.ParamName);
        Assert.Contains("position 2", error.Message);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.UpdateVectors(new float[2 * Dimension], [10, 10])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentOutOfRangeException>(() => index.UpdateVectors(new float[Dimension], [-1])).ParamName);
        Assert.Equal(before.Length, index.Serialize().Length);
        Assert.Equal(vectors[..Dimension], index.Reconstruct(0));
    }

    [Fact]
    public void Ids_that_are_there_already_are_refused()
    {
        using var index = Trained("IVF16,Flat");
        index.AddWithIds(TestData.Uniform(3, Dimension), [1, 2, 4]);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.AddWithIds(new float[2 * Dimension], [9, 2])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.AddWithIds(new float[2 * Dimension], [9, 9])).ParamName);
        Assert.Contains("AddWithIds", Assert.Throws<InvalidOperationException>(() => index.Add(new float[2 * Dimension])).Message);
        Assert.Equal(3, index.Count);
        index.MakeDirectMap(DirectMapType.None);
        index.AddWithIds(new float[Dimension], [2]);
        Assert.Contains("2 is the id of two vectors", Assert.Throws<InvalidOperationException>(() => index.MakeDirectMap(DirectMapType.Hashtable)).Message);
        index.Remove(2);
        index.MakeDirectMap(DirectMapType.Hashtable);
        Assert.Equal(2, index.Reconstruct([1, 4]).Length / Dimension);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct([1, 2]));
        Assert.Throws<InvalidOperationException>(() => ((IndexIVFFlat)index).AddToLists(new float[Dimension], [50], [0]));
    }

    [Theory]
    [InlineData("IVF16,PQ4x4fs")]
    [InlineData("IVF16,FlatDedup")]
    [InlineData("IVF16,PQ4+4")]
    public void Lists_without_single_entries_are_refused_by_name(string kind)
    {
        Native.RequireOwnSearch();
        using var index = FaissIndex.Create(Dimension, kind);
        index.Train(TestData.Uniform(640, Dimension));
        index.Add(TestData.Uniform(20, Dimension));
        Assert.Contains("IndexIVF", Assert.Throws<NotSupportedException>(() => index.MakeDirectMap(DirectMapType.Hashtable)).Message);
        Assert.Contains("IndexIVF", Assert.Throws<NotSupportedException>(() => index.UpdateVectors(new float[Dimension], [0])).Message);
        Assert.Equal(20, index.Count);
    }

    [Theory]
    [InlineData("IVF16,Flat")]
    [InlineData("RR8,IVF16,SQfp16")]
    public void Codes_that_are_added_enter_the_hash_table_by_their_ids(string kind)
    {
        Native.RequireOwnSearch();
        var vectors = TestData.Uniform(60, Dimension);
        using var index = FaissIndex.Create(Dimension, kind);
        index.Train(vectors);
        index.Add(vectors.AsSpan(0, 40 * Dimension));
        index.MakeDirectMap(DirectMapType.Hashtable);
        var codes = index.Encode(vectors.AsSpan(40 * Dimension));
        index.AddEncoded(codes.AsSpan(0, codes.Length / 2));
        long[] ids = [.. Enumerable.Range(1000, 10)];
        index.AddEncoded(codes.AsSpan(codes.Length / 2), ids);
        for (var i = 0; i < 60; i++)
        {
            var found = index.Reconstruct(i < 50 ? i : 950 + i);
            Assert.All(Enumerable.Range(0, Dimension), j => Assert.Equal(vectors[(i * Dimension) + j], found[j], 1e-2f));
        }

        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.AddEncoded(codes.AsSpan(codes.Length / 2), ids)).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.AddEncoded(codes.AsSpan(0, codes.Length / 10), [7000, 7000])).ParamName);
        index.AddEncoded(codes.AsSpan(0, codes.Length / 20), [61]);
        Assert.Contains("would give the id 61", Assert.Throws<InvalidOperationException>(() => index.AddEncoded(codes.AsSpan(0, codes.Length / 20))).Message, StringComparison.Ordinal);
        Assert.Equal(61, index.Count);
    }

    [Theory]
    [InlineData("IVF16,Flat", 1)]
    [InlineData("IVF16,SQ8", 1)]
    [InlineData("IVF300,PQ4x4", 2)]
    [InlineData("IVF16,RQ2x4", 1)]
    [InlineData("RR8,IVF16,SQ8", 1)]
    [InlineData("Flat", 0)]
    [InlineData("SQ8", 0)]
    [InlineData("RR8,PQ4x4", 0)]
    public void Codes_of_a_search_are_those_of_the_vectors(string kind, int listBytes)
    {
        Native.RequireOwnSearch();
        Assert.SkipWhen(kind.Contains("RQ", StringComparison.Ordinal) && !IndexKind.IsNewFaiss, "The lists of this kind know no positions.");
        var (vectors, queries) = (TestData.Uniform(400, Dimension), TestData.Uniform(7, Dimension, seed: 4));
        using var index = FaissIndex.Create(Dimension, kind);
        index.Train(vectors);
        index.Add(vectors);

        // BLAS rounds a rotation by the number of its vectors, so as many are encoded as were added.
        var encoded = index.Encode(vectors);
        foreach (var k in new[] { 1, 5, 450 })
        {
            var found = index.SearchAndGetCodes(queries, k, out var codes);
            var expectedDistances = index.Search(queries, k).Distances.ToArray();
            var size = codes.Length / (7 * k);
            for (var i = 0; i < 7 * k; i++)
            {
                // A transform of another number of queries rounds differently.
                Assert.Equal(expectedDistances[i], found.Distances[i], 1e-4f);
                var code = codes.AsSpan(i * size, size);
                var expected = found.Ids[i] < 0 ? [.. Enumerable.Repeat(byte.MaxValue, size)] : encoded.AsSpan((int)found.Ids[i] * size, size).ToArray();
                Assert.True(code.SequenceEqual(expected), $"k = {k}, {i}: {Convert.ToHexString(code)} and {Convert.ToHexString(expected)}");
            }

            Assert.True(size > listBytes);
        }
    }

    [Theory]
    [InlineData("IVF16,PQ4x4fs")]
    [InlineData("HNSW8")]
    [InlineData("PQ4x4fs")]
    public void Kinds_without_codes_of_their_own_are_refused(string kind)
    {
        Native.RequireOwnSearch();
        using var index = FaissIndex.Create(Dimension, kind);
        index.Train(TestData.Uniform(640, Dimension));
        index.Add(TestData.Uniform(20, Dimension));
        Assert.Throws<NotSupportedException>(() => index.SearchAndGetCodes(new float[Dimension], 1, out _));
    }

    private static FaissIndex Trained(string kind)
    {
        Native.RequireOwnSearch();
        using var single = Native.SingleThread();
        var index = FaissIndex.Create(Dimension, kind);
        index.Train(TestData.Uniform(640, Dimension, seed: 2));
        if (kind.Contains("IVF", StringComparison.Ordinal))
        {
            index.SetParameter("nprobe", 16);
            index.MakeDirectMap(DirectMapType.Hashtable);
        }

        return index;
    }

    private static void AddAll(FaissIndex index, float[] vectors, long[] ids)
    {
        if (index is IndexIDMap or IndexIVF)
        {
            index.AddWithIds(vectors, ids);
        }
        else
        {
            index.Add(vectors);
        }
    }

    private static float[] Random(Random random, int count)
    {
        var vectors = new float[count * Dimension];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = random.NextSingle();
        }

        return vectors;
    }

    private static void Put(Dictionary<long, float[]> model, long[] ids, float[] vectors)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            model[ids[i]] = vectors[(i * Dimension)..((i + 1) * Dimension)];
        }
    }

    private static IDSelector NewSelector(Random random, Dictionary<long, float[]> model)
    {
        var some = model.Keys.Where(_ => random.Next(4) == 0).Append(123_456_789).ToArray();
        var (low, high) = (some.Min(), some.Max());
        return random.Next(4) switch
        {
            0 => new IDSelectorBatch(some),
            1 => new IDSelectorRange(low, low + ((high - low) / 3)),
            2 => new IDSelectorRange(low, low + 3),
            _ => new IDSelectorNot(new IDSelectorRange(0, low + ((high - low) / 2))),
        };
    }

    private static void Check(FaissIndex index, Dictionary<long, float[]> model)
    {
        Assert.Equal(model.Count, index.Count);
        long[] ids = [.. model.Keys];
        var vectors = index.Reconstruct(ids);
        for (var i = 0; i < ids.Length; i++)
        {
            for (var j = 0; j < Dimension; j++)
            {
                Assert.Equal(model[ids[i]][j], vectors[(i * Dimension) + j], 1e-5);
            }
        }

        foreach (var id in ids.Take(5))
        {
            Assert.Equal(id, index.Search(model[id], 1)[0][0].Id);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct([999_999_999_999]));
    }
}
