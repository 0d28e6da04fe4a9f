namespace FaissSdk.Tests.Indexes;

/// <summary>The contract of <see cref="IndexContractTests"/> that every exact index fulfills, by FAISS and in managed code.</summary>
public class FlatContractTests
{
    private const int Dimension = 8;
    private const int Size = 200;
    private const int K = 10;

    private static readonly (string Name, MetricType Metric, bool Normalizes, VectorStorage Storage)[] Rules =
    [
        ("L2", MetricType.L2, false, VectorStorage.Unchanged),
        ("L2, halves", MetricType.L2, false, VectorStorage.Half),
        ("L2, bytes", MetricType.L2, false, VectorStorage.Byte),
        ("inner product", MetricType.InnerProduct, false, VectorStorage.Unchanged),
        ("inner product, halves", MetricType.InnerProduct, false, VectorStorage.Half),
        ("cosine", MetricType.InnerProduct, true, VectorStorage.Unchanged),
        ("cosine, halves", MetricType.InnerProduct, true, VectorStorage.Half),
    ];

    public static TheoryData<string, bool> Kinds => [.. Rules.SelectMany(rule => rule.Storage == VectorStorage.Byte ? new[] { (rule.Name, true) } : [(rule.Name, true), (rule.Name, false)])];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Counts_and_shapes_match(string name, bool isManaged)
    {
        using var index = Filled(name, isManaged);
        var rule = Rule(name);
        Assert.Equal((Dimension, Size, rule.Metric, rule.Normalizes, rule.Storage), (index.Dimension, index.Count, index.Metric, index.Normalizes, index.Storage));
        var result = index.Search(Vectors(7, 2), 3);
        Assert.Equal((7, 3, 21, 21), (result.QueryCount, result.K, result.Ids.Length, result.Distances.Length));
        Assert.Equal((0, 3), (index.Search([], 3).QueryCount, index.Search([], 3).K));
        Assert.Equal(0, index.RangeSearch([], 1).QueryCount);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Add_numbers_the_vectors(string name, bool isManaged)
    {
        using var index = Make(name, isManaged);
        index.Add([]);
        Assert.Equal(0, index.Count);
        index.Add(Vectors(120));
        index.Add(Vectors(30, 3));
        Assert.Equal(150, index.Count);
        Assert.Equal(Stored(name, Vectors(30, 3)[(7 * Dimension)..(8 * Dimension)]), index.Reconstruct(127));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AddWithIds_keeps_the_ids(string name, bool isManaged)
    {
        using var index = Make(name, isManaged);
        using var numbered = Filled(name, isManaged);
        var ids = Enumerable.Range(0, Size).Select(i => 1_000_000_007L * (i + 1)).ToArray();
        index.AddWithIds(Vectors(Size), ids);
        Assert.Equal(Size, index.Count);
        var (expected, found) = (numbered.Search(Vectors(30, 2), K), index.Search(Vectors(30, 2), K));
        Assert.Equal(expected.Distances, found.Distances);
        Assert.Equal(expected.Ids.ToArray().Select(id => ids[id]), found.Ids.ToArray());
        Assert.Equal("ids", Assert.Throws<ArgumentOutOfRangeException>(() => index.AddWithIds(Vectors(2), [5, -1])).ParamName);
        Assert.Equal(Size, index.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_search_for_more_than_there_are_is_padded(string name, bool isManaged)
    {
        using var index = Make(name, isManaged);
        index.Add(Vectors(3));
        var found = index.Search(Vectors(2, 2), 5);
        Assert.Equal([3, 3], found.Select(row => row.Count));
        Assert.Equal([-1L, -1, -1, -1], found.Ids.ToArray().Where(id => id < 0));
        Assert.Equal(index.Metric == MetricType.InnerProduct ? float.MinValue : float.MaxValue, found.Distances[4]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Vectors_within_a_radius_are_those_of_a_search(string name, bool isManaged)
    {
        using var index = Filled(name, isManaged);
        var queries = Vectors(5, 2);
        var all = index.Search(queries, Size);
        var radius = all.Distances[K];
        var found = index.RangeSearch(queries, radius);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(all[i].Where(neighbor => index.Metric == MetricType.InnerProduct ? neighbor.Distance > radius : neighbor.Distance < radius).Select(neighbor => neighbor.Id).Order(), found[i].Ids.ToArray().Order());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Remove_keeps_the_rest(string name, bool isManaged)
    {
        foreach (var (remove, left) in ((Func<IFlatIndex, long>, int[])[])
        [
            (index => index.Remove(IdFilter.FromRange(50, 80)), [.. Enumerable.Range(0, Size).Where(i => i is < 50 or >= 80)]),
            (index => index.Remove(0, 7, 199, 500), [.. Enumerable.Range(0, Size).Where(i => i is not (0 or 7 or 199))]),
            (index => index.Remove(IdFilter.FromRange(0, 1000)), []),
        ])
        {
            using var index = Filled(name, isManaged);
            using var expected = Make(name, isManaged);
            expected.Add([.. left.SelectMany(row => Vectors(Size)[(row * Dimension)..((row + 1) * Dimension)])]);
            Assert.Equal(Size - left.Length, remove(index));
            Assert.Equal(left.Length, index.Count);
            Assert.Equal(expected.Search(Vectors(20, 2), K).Ids, index.Search(Vectors(20, 2), K).Ids);
            Assert.Equal(expected.Search(Vectors(20, 2), K).Distances, index.Search(Vectors(20, 2), K).Distances);
            index.Add(Vectors(1));
            Assert.Equal(left.Length + 1, index.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_vector_that_is_not_there_is_refused(string name, bool isManaged)
    {
        using var index = Filled(name, isManaged);
        foreach (var id in (long[])[-1, Size, long.MaxValue, long.MinValue])
        {
            Assert.Equal("id", Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(id)).ParamName);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Argument_errors_name_the_parameter(string name, bool isManaged)
    {
        using var index = Filled(name, isManaged);
        var query = Vectors(1, 2);
        var cut = query[1..];
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Add(cut)).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.AddWithIds(cut, [1])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.AddWithIds(query, [1, 2])).ParamName);
        Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.Search(cut, 1)).ParamName);
        Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.RangeSearch(cut, 1)).ParamName);
        Assert.Equal("k", Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(query, 0)).ParamName);
        Assert.Equal("k", Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(query, -1, new float[1], new long[1])).ParamName);
        Assert.Equal("distances", Assert.Throws<ArgumentException>(() => index.Search(query, 2, new float[1], new long[2])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.Search(query, 2, new float[2], new long[3])).ParamName);
        Assert.Equal("radius", Assert.Throws<ArgumentOutOfRangeException>(() => index.RangeSearch(query, float.NaN)).ParamName);
        Assert.Equal("vector", Assert.Throws<ArgumentException>(() => index.Reconstruct(0, new float[Dimension + 1])).ParamName);
        Assert.Equal("filter", Assert.Throws<ArgumentNullException>(() => index.Remove((IdFilter)null!)).ParamName);
        Assert.Equal(Size, index.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_vector_of_zeros_has_no_cosine(string name, bool isManaged)
    {
        using var index = Filled(name, isManaged);
        var zeros = new float[2 * Dimension];
        zeros[0] = 1;
        var calls = ((string Parameter, Action Call)[])
        [
            ("queries", () => index.Search(zeros, 1)),
            ("queries", () => index.Search(zeros, 1, new float[2], new long[2])),
            ("queries", () => index.RangeSearch(zeros, 1)),
            ("vectors", () => index.Add(zeros)),
        ];
        foreach (var (parameter, call) in index.Normalizes ? calls : [])
        {
            var error = Assert.Throws<ArgumentException>(call);
            Assert.Equal(parameter, error.ParamName);
            Assert.StartsWith($"{parameter} has only zeros in vector ", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Size, index.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_index_finds_the_same(string name, bool isManaged)
    {
        using var index = Filled(name, isManaged);
        using var folder = new TemporaryFolder();
        index.Save(folder.File("index"));
        using var stream = new MemoryStream();
        index.Save(stream);
        Assert.Equal(File.ReadAllBytes(folder.File("index")), stream.ToArray());
        using var loaded = index.Normalizes ? ManagedFlatIndex.LoadCosine(folder.File("index")) : ManagedFlatIndex.Load(folder.File("index"));
        var (expected, found) = (index.Search(Vectors(20, 2), 1), loaded.Search(Vectors(20, 2), 1));
        Assert.Equal(expected.Ids, found.Ids);
        Assert.Equal(index.Reconstruct(17), loaded.Reconstruct(17));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Eight_threads_find_the_same_as_one(string name, bool isManaged)
    {
        using var index = Filled(name, isManaged);
        var queries = Vectors(20, 2);
        var expected = index.Search(queries, K);
        Parallel.For(0, 8, _ =>
        {
            for (var round = 0; round < 3; round++)
            {
                var found = index.Search(queries, K);
                Assert.Equal(expected.Ids, found.Ids);
                Assert.Equal(expected.Distances, found.Distances);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_disposed_index_refuses_calls(string name, bool isManaged)
    {
        var index = Filled(name, isManaged);
        index.Dispose();
        index.Dispose();
        var query = Vectors(1);
        Assert.Throws<ObjectDisposedException>(() => index.Add(query));
        Assert.Throws<ObjectDisposedException>(() => index.AddWithIds(query, [1]));
        Assert.Throws<ObjectDisposedException>(() => index.Remove(1));
        Assert.Throws<ObjectDisposedException>(() => index.Search(query, 1));
        Assert.Throws<ObjectDisposedException>(() => index.RangeSearch(query, 1));
        Assert.Throws<ObjectDisposedException>(() => index.Reconstruct(0));
        Assert.Throws<ObjectDisposedException>(() => index.Save(Stream.Null));
    }

    private static (string Name, MetricType Metric, bool Normalizes, VectorStorage Storage) Rule(string name) => Rules.Single(rule => rule.Name == name);

    private static IFlatIndex Make(string name, bool isManaged)
    {
        var (_, metric, normalizes, storage) = Rule(name);
        if (isManaged)
        {
            return normalizes ? ManagedFlatIndex.CreateCosine(Dimension, storage) : new ManagedFlatIndex(Dimension, metric, storage);
        }

        Native.Require();
        return normalizes ? FlatIndex.CreateCosine(Dimension, storage) : FlatIndex.Create(Dimension, metric, storage);
    }

    private static IFlatIndex Filled(string name, bool isManaged)
    {
        var index = Make(name, isManaged);
        index.Add(Vectors(Size));
        return index;
    }

    // Bytes, which every storage holds unchanged.
    private static float[] Vectors(int count, int seed = 1) => Array.ConvertAll(TestData.Uniform(count, Dimension, seed), value => MathF.Floor(value * 127) + 1);

    private static float[] Stored(string name, float[] vector)
    {
        var scaled = Rule(name).Normalizes ? VectorMath.Normalized(vector, Dimension) : vector;
        return Rule(name).Storage == VectorStorage.Half ? Array.ConvertAll(scaled, value => (float)(Half)value) : scaled;
    }
}
