namespace FaissSdk.Tests.Indexes;

public sealed class IndexBinaryIVFTests : IDisposable
{
    private const int Size = 400;
    private const int Dimension = 64;
    private const int Lists = 8;
    private const int K = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _vectors = BinaryVectors.Random(Size, Dimension);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Properties_describe_the_lists()
    {
        using var index = Filled();
        Assert.Equal((Lists, Lists, 0, true, false, true), (index.NList, index.NProbe, index.MaxCodes, index.UseHeap, index.PerInvertedListSearch, index.OwnsParts));
        Assert.Equal(Size, Enumerable.Range(0, Lists).Sum(index.GetListSize));
        var sizes = Enumerable.Range(0, Lists).Select(list => (double)index.GetListSize(list)).ToArray();
        Assert.Equal(Lists * sizes.Sum(size => size * size) / ((double)Size * Size), index.ImbalanceFactor, 1e-9);
        index.PrintStats();
        Assert.Throws<ArgumentOutOfRangeException>(() => index.GetListSize(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.GetListSize(Lists));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.NProbe = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.NProbe = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.MaxCodes = -1);
        index.Reset();
        Assert.Equal(double.NaN, index.ImbalanceFactor);
        Assert.Equal(0, index.GetListSize(0));
    }

    [Fact]
    public void Few_probes_find_most_neighbors()
    {
        using var index = Filled();
        index.NProbe = 4;
        var queries = BinaryVectors.Random(50, Dimension, seed: 2);
        var found = index.Search(queries, 1).Distances.ToArray().Where((distance, i) => distance == BinaryVectors.Distances(queries.AsSpan(i * 8, 8), _vectors).Min()).Count();
        Assert.InRange(found, 15, 50);
        index.NProbe = 1000;
        Assert.Equal(Nearest(queries), index.Search(queries, K).Distances.ToArray());
    }

    [Fact]
    public void The_quantizer_is_a_read_only_view()
    {
        var index = Filled();
        var quantizer = index.Quantizer;
        Assert.Same(quantizer, index.Quantizer);
        Assert.IsType<IndexBinaryFlat>(quantizer);
        Assert.Equal((Lists, Dimension), (quantizer.Count, quantizer.Dimension));
        var lists = quantizer.Assign(_vectors);
        Assert.Equal(Enumerable.Range(0, Lists).Select(index.GetListSize), Enumerable.Range(0, Lists).Select(list => (long)lists.Count(assigned => assigned == list)));
        Assert.Throws<InvalidOperationException>(() => quantizer.Add(_vectors));
        Assert.Throws<InvalidOperationException>(() => quantizer.Reset());
        Assert.Throws<InvalidOperationException>(() => quantizer.Train(_vectors));
        using var copy = quantizer.Clone();
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => quantizer.Count);
        Assert.Throws<ObjectDisposedException>(() => index.Quantizer);
        copy.Add(_vectors);
        Assert.Equal(Lists + Size, copy.Count);
    }

    [Fact]
    public void All_search_modes_find_the_same()
    {
        using var index = Filled();
        var expected = Nearest(_vectors);
        Assert.Equal(expected, index.Search(_vectors, K).Distances.ToArray());
        index.PerInvertedListSearch = true;
        Assert.Equal(expected, index.Search(_vectors, K).Distances.ToArray());
        index.PerInvertedListSearch = false;
        index.MaxCodes = Size;
        index.UseHeap = false;
        Assert.Equal(expected, index.Search(_vectors, K).Distances.ToArray());
        Assert.Equal(0, index.Search(_vectors, 1).Distances.ToArray().Max());
        Assert.Equal(Enumerable.Range(0, Size).Select(i => (long)i), index.Assign(_vectors));
        index.UseHeap = true;
        index.MaxCodes = 1;
        Assert.Equal(1, index.Search(_vectors.AsSpan(0, 8), K).Ids.ToArray().Count(label => label >= 0));
    }

    [Fact]
    public void Searches_that_fail_in_FAISS_are_rejected()
    {
        using var index = Filled();
        Assert.Throws<InvalidOperationException>(() => index.UseHeap = false);
        index.MaxCodes = 10;
        Assert.Throws<InvalidOperationException>(() => index.PerInvertedListSearch = true);
        index.UseHeap = false;
        Assert.Throws<InvalidOperationException>(() => index.MaxCodes = 0);
        using var parameters = new SearchParametersIVF(nProbe: 2);
        Assert.Throws<InvalidOperationException>(() => index.Search(_vectors, K, parameters));
        index.UseHeap = true;
        index.MaxCodes = 0;
        index.PerInvertedListSearch = true;
        Assert.Throws<InvalidOperationException>(() => index.MaxCodes = 1);
        Assert.Throws<InvalidOperationException>(() => index.Search(_vectors.AsSpan(0, 8), K));
        Assert.Throws<InvalidOperationException>(() => index.Assign(_vectors.AsSpan(0, 8)));
        index.Search([], K);
        index.SetParameter("max_codes", 10);
        Assert.Throws<InvalidOperationException>(() => index.Search(_vectors, K));

        using var graph = Assert.IsType<IndexBinaryIVF>(Create("BIVF8_HNSW8"));
        Assert.Throws<NotSupportedException>(() => graph.PerInvertedListSearch = true);
    }

    [Fact]
    public async Task A_search_list_by_list_can_be_canceled()
    {
        using var index = Assert.IsType<IndexBinaryIVF>(Create("BIVF256"));
        var vectors = BinaryVectors.Random(1000, Dimension);
        index.Train(vectors);
        index.Add(vectors);
        index.NProbe = 4;
        var expected = index.Search(vectors, K).Distances.ToArray();
        index.PerInvertedListSearch = true;
        using var cancellation = new CancellationTokenSource();
        Assert.Equal(expected, index.Search(vectors, K, null, cancellation.Token).Distances.ToArray());
        Assert.Equal(expected, (await index.SearchAsync(vectors, K, null, cancellation.Token)).Distances.ToArray());
        Assert.Equal(expected, index.AsConcurrent().Search(vectors, K, null, cancellation.Token).Distances.ToArray());
        Assert.Equal(expected[..(256 * K)], index.Search(vectors.AsSpan(0, 256 * 8), K, null, cancellation.Token).Distances.ToArray());
        Assert.Throws<InvalidOperationException>(() => index.Search(vectors.AsSpan(0, 255 * 8), K, null, cancellation.Token));
        Assert.Throws<InvalidOperationException>(() => index.Search(vectors.AsSpan(0, 255 * 8), K));
        Assert.Throws<InvalidOperationException>(() => index.Assign(vectors.AsSpan(0, 255 * 8)));

        using var one = new SearchParametersIVF(nProbe: 1);
        Assert.Equal(1000 * K, index.Search(vectors, K, one, cancellation.Token).Ids.Length);
        Assert.Equal(257 * K, index.Search(vectors.AsSpan(0, 257 * 8), K, one).Ids.Length);
        Assert.Throws<InvalidOperationException>(() => index.Search(vectors.AsSpan(0, 256 * 8), K, one));
        await cancellation.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => index.Search(vectors, K, null, cancellation.Token));
    }

    [Theory]
    [InlineData(100, 10, 1, new[] { 10, 10, 10, 10, 10, 10, 10, 10, 10, 10 })]
    [InlineData(31, 10, 3, new[] { 10, 10, 5, 6 })]
    [InlineData(32, 10, 3, new[] { 10, 10, 6, 6 })]
    [InlineData(33, 10, 3, new[] { 10, 10, 10, 3 })]
    [InlineData(9, 10, 3, new[] { 9 })]
    public void No_block_of_queries_is_too_small(int count, int block, int least, int[] expected)
    {
        var blocks = new List<int>();
        for (var start = 0; start < count; start += blocks[^1])
        {
            blocks.Add(IndexBinaryIVF.NextBlock(count - start, block, least));
        }

        Assert.Equal(expected, blocks);
    }

    [Fact]
    public void Parameters_apply_to_one_search()
    {
        using var index = Filled();
        index.NProbe = 1;
        using var all = new SearchParametersIVF(nProbe: 100);
        Assert.Equal(Nearest(_vectors), index.Search(_vectors, K, all).Distances.ToArray());
        using var selector = new IDSelectorRange(0, 10);
        using var selecting = new SearchParametersIVF(selector, nProbe: 8);
        using var other = new SearchParametersHNSW();
        Assert.Throws<FaissException>(() => index.Search(_vectors, K, selecting));
        Assert.Throws<FaissException>(() => index.Search(_vectors, K, other));
        Assert.Throws<ArgumentException>(() => index.SearchPreassigned(_vectors, 1, new long[8 * Size], new int[8 * Size], new int[Size], new long[Size], parameters: selecting));
        Assert.Throws<ArgumentNullException>(() => index.Search(_vectors, 1, null!, new int[Size], new long[Size]));
    }

    [Fact]
    public void Preassigned_lists_are_searched()
    {
        using var index = Filled();
        index.NProbe = 3;
        var coarse = index.Quantizer.Search(_vectors, 3);
        var (distances, labels) = (new int[Size * K], new long[Size * K]);
        var expected = index.Search(_vectors, K);
        index.SearchPreassigned(_vectors, K, coarse.Ids, coarse.Distances, distances, labels);
        Assert.Equal(expected.Distances.ToArray(), distances);
        index.PerInvertedListSearch = true;
        index.SearchPreassigned(_vectors, K, coarse.Ids, coarse.Distances, distances, labels);
        Assert.Equal(expected.Distances.ToArray(), distances);
        Assert.Throws<FaissException>(() => index.SearchPreassigned(_vectors, K, coarse.Ids, coarse.Distances, distances, labels, storePairs: true));
        index.PerInvertedListSearch = false;
        index.SearchPreassigned(_vectors, K, coarse.Ids, coarse.Distances, distances, labels, storePairs: true);
        Assert.Equal(expected.Distances.ToArray(), distances);
        Assert.All(labels, label => Assert.True(label == -1 || (label >> 32 is >= 0 and < Lists && (label & uint.MaxValue) < index.GetListSize((int)(label >> 32)))));
        using var parameters = new SearchParametersIVF(nProbe: 1);
        index.SearchPreassigned(_vectors, K, index.Quantizer.Assign(_vectors), new int[Size], distances, labels, parameters: parameters);
        index.NProbe = 1;
        Assert.Equal(index.Search(_vectors, K).Distances.ToArray(), distances);

        // A query without a list finds no vector.
        index.SearchPreassigned(_vectors.AsSpan(0, 8), 2, [-1], [0], distances.AsSpan(0, 2), labels.AsSpan(0, 2));
        Assert.Equal([-1, -1], labels[..2]);
        Assert.Equal([int.MaxValue, int.MaxValue], distances[..2]);
    }

    [Fact]
    public void SearchPreassigned_rejects_absent_lists()
    {
        using var index = Filled();
        index.NProbe = 2;
        var (distances, labels) = (new int[K], new long[K]);
        foreach (var list in new[] { Lists, -2, long.MaxValue, long.MinValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => index.SearchPreassigned(_vectors.AsSpan(0, 8), K, [0, list], [0, 0], distances, labels));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => index.SearchPreassigned(_vectors.AsSpan(0, 8), 0, [0, 1], [0, 0], [], []));
        Assert.Throws<ArgumentException>(() => index.SearchPreassigned(_vectors.AsSpan(0, 8), K, [0], [0, 0], distances, labels));
        Assert.Throws<ArgumentException>(() => index.SearchPreassigned(_vectors.AsSpan(0, 8), K, [0, 1], [0], distances, labels));
        Assert.Throws<ArgumentException>(() => index.SearchPreassigned(_vectors.AsSpan(0, 8), K, [0, 1], [0, 0], distances.AsSpan(1), labels));
        Assert.Throws<ArgumentException>(() => index.SearchPreassigned(_vectors.AsSpan(0, 7), K, [0, 1], [0, 0], distances, labels));
        index.PerInvertedListSearch = true;
        var lists = new long[2 * Size];
        lists[7] = -1;
        Assert.Throws<ArgumentOutOfRangeException>(() => index.SearchPreassigned(_vectors, 1, lists, new int[2 * Size], new int[Size], new long[Size]));
        using var untrained = Create("BIVF8");
        Assert.Throws<InvalidOperationException>(() => ((IndexBinaryIVF)untrained).SearchPreassigned(_vectors.AsSpan(0, 8), K, [0], [0], distances, labels));
    }

    [Fact]
    public void A_direct_map_enables_Reconstruct()
    {
        using var index = Filled();
        Assert.Throws<FaissException>(() => index.Reconstruct(3));
        index.MakeDirectMap();
        Assert.Equal(_vectors[24..32], index.Reconstruct(3));
        Assert.Throws<FaissException>(() => index.Reconstruct(Size));
        using var selector = new IDSelectorRange(0, 1);
        Assert.Throws<FaissException>(() => index.Remove(selector));
        Assert.Throws<FaissException>(() => index.AddWithIds(_vectors.AsSpan(0, 8), [7]));
        index.MakeDirectMap(false);
        Assert.Throws<FaissException>(() => index.Reconstruct(3));
    }

    [Fact]
    public void A_failed_direct_map_is_dropped()
    {
        using var index = Filled();
        index.AddWithIds(_vectors.AsSpan(0, 8), [1L << 40]);
        Assert.Throws<FaissException>(() => index.MakeDirectMap());
        Assert.Throws<FaissException>(() => index.Reconstruct(0));
        index.AddWithIds(_vectors.AsSpan(0, 8), [1L << 41]);
        Assert.Equal(Size + 2, index.Count);
    }

    [Fact]
    public void Reconstruct_names_a_missing_id()
    {
        using var index = Filled();
        using var selector = new IDSelectorRange(5, 6);
        index.Remove(selector);
        Assert.Equal(_vectors[..40], index.ReconstructRange(0, 5));
        Assert.Contains("id 5", Assert.Throws<ArgumentOutOfRangeException>(() => index.ReconstructRange(0, 7)).Message);
    }

    [Fact]
    public void MergeFrom_moves_the_vectors()
    {
        using var index = Filled();
        using var other = Assert.IsType<IndexBinaryIVF>(index.Clone());
        Assert.Throws<ArgumentOutOfRangeException>("addId", () => index.MergeFrom(other, -1));
        Assert.Throws<ArgumentOutOfRangeException>("addId", () => index.MergeFrom(other, long.MaxValue));
        index.MergeFrom(other, 1000);
        Assert.Equal((2 * Size, 0), (index.Count, other.Count));
        Assert.True(index.Search(_vectors.AsSpan(0, 8), 2).Ids.Contains(1000));
        Assert.Throws<ArgumentException>(() => index.MergeFrom(index));
        Assert.Equal(2 * Size, index.Count);
        using var fewer = Assert.IsType<IndexBinaryIVF>(Create("BIVF4"));
        Assert.Throws<ArgumentException>(() => index.MergeFrom(fewer));
        using var untrained = Assert.IsType<IndexBinaryIVF>(Create("BIVF8"));
        Assert.Throws<InvalidOperationException>(() => index.MergeFrom(untrained));
        other.Add(_vectors);
        other.MakeDirectMap();
        Assert.Throws<FaissException>(() => index.MergeFrom(other));
        Assert.Throws<ArgumentNullException>(() => index.MergeFrom(null!));
        var path = _folder.File("lists");
        index.Save(path);
        if (OperatingSystem.IsWindows())
        {
            // FAISS maps no files there.
            return;
        }

        using var mapped = Assert.IsType<IndexBinaryIVF>(IndexBinary.Load(path, IndexReadOptions.Mmap));
        Assert.Throws<InvalidOperationException>(() => index.MergeFrom(mapped));
        Assert.Throws<InvalidOperationException>(() => mapped.MergeFrom(other));
        Assert.Throws<InvalidOperationException>(() => mapped.MakeDirectMap());
    }

    [Fact]
    public void Every_member_throws_after_Dispose()
    {
        var index = Filled();
        using var other = Filled();
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.NList);
        Assert.Throws<ObjectDisposedException>(() => index.NProbe);
        Assert.Throws<ObjectDisposedException>(() => index.NProbe = 1);
        Assert.Throws<ObjectDisposedException>(() => index.MaxCodes);
        Assert.Throws<ObjectDisposedException>(() => index.MaxCodes = 1);
        Assert.Throws<ObjectDisposedException>(() => index.UseHeap);
        Assert.Throws<ObjectDisposedException>(() => index.UseHeap = true);
        Assert.Throws<ObjectDisposedException>(() => index.PerInvertedListSearch);
        Assert.Throws<ObjectDisposedException>(() => index.PerInvertedListSearch = true);
        Assert.Throws<ObjectDisposedException>(() => index.Quantizer);
        Assert.Throws<ObjectDisposedException>(() => index.OwnsParts);
        Assert.Throws<ObjectDisposedException>(() => index.ImbalanceFactor);
        Assert.Throws<ObjectDisposedException>(() => index.GetListSize(0));
        Assert.Throws<ObjectDisposedException>(() => index.PrintStats());
        Assert.Throws<ObjectDisposedException>(() => index.MakeDirectMap());
        Assert.Throws<ObjectDisposedException>(() => index.MergeFrom(other));
        Assert.Throws<ObjectDisposedException>(() => other.MergeFrom(index));
        Assert.Throws<ObjectDisposedException>(() => index.SearchPreassigned(_vectors, 1, [], [], [], []));
    }

    private static IndexBinary Create(string description)
    {
        Tests.Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexBinaryIVF_cast"), "This FAISS has no functions for binary inverted lists.");
        return IndexBinary.Create(Dimension, description);
    }

    private IndexBinaryIVF Filled()
    {
        var index = Assert.IsType<IndexBinaryIVF>(Create("BIVF8"));
        index.Train(_vectors);
        index.Add(_vectors);
        index.NProbe = Lists;
        return index;
    }

    private int[] Nearest(byte[] queries) =>
        [.. Enumerable.Range(0, queries.Length / 8).SelectMany(i => BinaryVectors.Distances(queries.AsSpan(i * 8, 8), _vectors).Order().Take(K))];
}
