namespace FaissSdk.Tests.Indexes;

/// <summary>Calls of binary indexes that can be canceled, that are asynchronous, and by ids.</summary>
public class BinaryCallsTests
{
    private const int Bytes = 8;

    public static TheoryData<string> Kinds() => ["BFlat", "BIVF8", "BHNSW8"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Asynchronous_calls_find_what_others_find(string kind)
    {
        var codes = Codes(600);
        using var index = Create(kind);
        await index.TrainAsync(codes);
        await index.AddAsync(codes);
        Assert.Equal(600, index.Count);
        var expected = index.Search(codes, 4);
        var found = await index.SearchAsync(codes, 4);
        Assert.Equal(expected.Ids, found.Ids);
        using var source = new CancellationTokenSource();
        var canceled = index.Search(codes, 4, null, source.Token);
        Assert.Equal(expected.Ids, canceled.Ids);
        Assert.Equal(expected.Distances, canceled.Distances);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_canceled_token_ends_calls(string kind)
    {
        var codes = Codes(600);
        using var index = Create(kind);
        index.Train(codes);
        index.Add(codes);
        using var source = new CancellationTokenSource();
        var progress = new Canceling(source);
        var error = Assert.Throws<AddCanceledException>(() => index.Add(codes, progress, source.Token));
        Assert.Equal(index.Count, 600 + error.AddedCount);
        Assert.InRange(error.AddedCount, 1, 599);
        Assert.Throws<OperationCanceledException>(() => index.Search(codes, 1, null, source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => index.SearchAsync(codes, 1, cancellationToken: source.Token).GetAwaiter().GetResult());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Vectors_are_found_by_ids(string kind)
    {
        var codes = Codes(300);
        using var index = Create(kind);
        index.Train(codes);
        index.Add(codes);
        if (index is IndexBinaryIVF lists)
        {
            lists.MakeDirectMap();
        }

        byte[] expected = [.. codes[(7 * Bytes)..(8 * Bytes)], .. codes[..Bytes]];
        Assert.Equal(expected, index.Reconstruct([7, 0]));
        var found = index.SearchById([7, 0], 3);
        Assert.All(found.Ids[..3].ToArray(), id => Assert.NotEqual(7, id));
        Assert.Equal(index.Search(codes.AsSpan(7 * Bytes, Bytes), 4).Ids[1..], found.Ids[..3]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_selector_works_or_is_refused_by_name(string kind)
    {
        var codes = Codes(300);
        using var index = Create(kind);
        index.Train(codes);
        index.Add(codes);
        using var even = new IDSelectorBatch(Enumerable.Range(0, 150).Select(i => 2L * i));
        if (kind == "BIVF8" || !FaissLibrary.Supports("faiss_IndexBinary_search_with_params"))
        {
            Assert.Throws<NotSupportedException>(() => index.Search(codes, 3, even));
            return;
        }

        Assert.All(index.Search(codes, 3, even).Ids.ToArray(), id => Assert.Equal(0, id % 2));
    }

    [Fact]
    public void A_range_search_in_blocks_finds_the_same()
    {
        using var index = Create("BFlat");
        var codes = Codes(400);
        index.Add(codes);
        using var source = new CancellationTokenSource();
        var (whole, blocks) = (index.RangeSearch(codes, 30), index.RangeSearch(codes, 30, source.Token));

        Assert.True(whole.TotalCount > 400);
        Assert.Equal(whole.Ids.ToArray(), blocks.Ids.ToArray());
        Assert.Equal(whole.Distances.ToArray(), blocks.Distances.ToArray());
        Assert.All(Enumerable.Range(0, 400), i => Assert.Equal(whole[i].Ids.ToArray(), blocks[i].Ids.ToArray()));
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => index.RangeSearch(codes, 30, source.Token));
        Assert.Throws<OperationCanceledException>(() => index.RangeSearch([], 30, source.Token));
    }

    [Fact]
    public async Task Own_ids_are_added_in_blocks_and_saved()
    {
        using var index = Create("IDMap2,BFlat");
        var codes = Codes(600);
        long[] ids = [.. Enumerable.Range(0, 600).Select(i => 1000L + i)];
        using var source = new CancellationTokenSource();
        var error = Assert.Throws<AddCanceledException>(() => index.AddWithIds(codes, ids, new Canceling(source), source.Token));
        Assert.Equal(index.Count, error.AddedCount);
        Assert.InRange(index.Count, 1, 599);
        index.AddWithIds(codes.AsSpan((int)index.Count * Bytes), ids.AsSpan((int)index.Count), null, default);
        Assert.Equal(600, index.Count);
        Assert.Equal(1599, index.Search(codes.AsSpan(599 * Bytes), 1).Ids[0]);

        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await index.SaveAsync(file, TestContext.Current.CancellationToken);
            using var loaded = await IndexBinary.LoadAsync(file, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(600, loaded.Count);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => index.SaveAsync(file, source.Token));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => IndexBinary.LoadAsync(file, cancellationToken: source.Token));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_shared_index_passes_on_the_token_of_an_addition()
    {
        using var index = Create("IDMap,BHNSW16");
        var codes = Codes(100_000);
        long[] ids = [.. Enumerable.Range(0, 100_000)];
        using var source = new CancellationTokenSource();
        var canceling = Task.Run(() =>
        {
            SpinWait.SpinUntil(() => index.Count > 0);
            source.Cancel();
        });
        var error = Assert.ThrowsAny<OperationCanceledException>(() => index.AsConcurrent().AddWithIds(codes, ids, source.Token));
        await canceling;
        Assert.InRange(Assert.IsType<AddCanceledException>(error).AddedCount, 1, 99_999);
        Assert.Equal(index.Count, ((AddCanceledException)error).AddedCount);
    }

    [Fact]
    public void Parameters_of_other_kinds_are_refused()
    {
        using var index = Create("BFlat");
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexBinary_search_with_params"), "Parameters of binary indexes need FAISS 1.14.0.");
        foreach (var parameters in new SearchParameters[] { new SearchParametersRefine(), new SearchParametersPQ(), new SearchParametersIVFPQ(), new SearchParametersIVF { Quantizer = new SearchParameters() } })
        {
            Assert.Equal("parameters", Assert.Throws<ArgumentException>(() => index.Search(new byte[Bytes], 1, parameters)).ParamName);
            parameters.Dispose();
        }
    }

    private static IndexBinary Create(string kind)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "Binary indexes are created from FAISS 1.9.0 on.");
        return IndexBinary.Create(Bytes * 8, kind);
    }

    private static byte[] Codes(int count)
    {
        var codes = new byte[count * Bytes];
        new Random(1).NextBytes(codes);
        return codes;
    }

    private sealed class Canceling(CancellationTokenSource source) : IProgress<long>
    {
        public void Report(long value) => source.Cancel();
    }
}
