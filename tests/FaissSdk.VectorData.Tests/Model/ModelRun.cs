using System.Numerics.Tensors;

namespace FaissSdk.VectorData.Tests;

/// <summary>Makes the calls of a script on a store and on a dictionary, and compares every answer.</summary>
internal sealed class ModelRun(string path, string indexKind, string distance, bool isExact) : IDisposable
{
    private const double Tolerance = 1e-4;

    // Components of eight bits make scores less accurate.
    private readonly double _quantization = indexKind == IndexKind.QuantizedFlat ? 0.03 : 0;

    private readonly Dictionary<string, Item> _model = [];
    private FaissVectorStore? _store;
    private VectorStoreCollection<string, Item>? _items;

    /// <summary>Gets the number of results that exact searches would have given.</summary>
    public int Expected { get; private set; }

    /// <summary>Gets the number of those that were found.</summary>
    public int Found { get; private set; }

    public void Dispose()
    {
        _items?.Dispose();
        _store?.Dispose();
    }

    public async Task Run(StoreScript script)
    {
        await Open();
        var last = Array.FindLastIndex(script.Calls, call => call.Operation == StoreOperation.Upsert);
        foreach (var (operation, seed) in script.Calls)
        {
            await Call(operation, new Random(seed));
        }

        await Call(StoreOperation.Reopen, new Random(last));
        await Search(new Random(last), filter: null);
        await GetFiltered(new Random(last), ItemFilter.Of(0) with { Expression = _ => true, Matches = _ => true });
    }

    private async Task Open()
    {
        _store = Stores.Open(path, sealAt: 24);
        _items = _store.GetCollection<string, Item>("items", Item.Definition(indexKind, distance));
        await _items.EnsureCollectionExistsAsync();
    }

    private async Task Call(StoreOperation operation, Random random)
    {
        switch (operation)
        {
            case StoreOperation.Upsert:
                var batch = RandomKeys(random, 30).Select(key => RandomItem(key, random)).ToArray();
                await _items!.UpsertAsync(batch);
                foreach (var item in batch)
                {
                    _model[item.Key] = item;
                }

                break;
            case StoreOperation.UpsertOne:
                var one = RandomItem(RandomKeys(random, 1)[0], random);
                await _items!.UpsertAsync(one);
                _model[one.Key] = one;
                break;
            case StoreOperation.Delete:
                var keys = RandomKeys(random, 12);
                await _items!.DeleteAsync(keys);
                foreach (var key in keys)
                {
                    _model.Remove(key);
                }

                break;
            case StoreOperation.Get:
                await Get(RandomKeys(random, 8));
                break;
            case StoreOperation.GetFiltered:
                await GetFiltered(random, ItemFilter.Of(random.Next()));
                break;
            case StoreOperation.Search:
                await Search(random, filter: null);
                break;
            case StoreOperation.SearchFiltered:
                await Search(random, ItemFilter.Of(random.Next()));
                break;
            case StoreOperation.Seal:
                await Stores.Seal(_items!);
                break;
            default:
                Dispose();
                if (operation == StoreOperation.ReopenWithoutIndexes)
                {
                    foreach (var file in Stores.IndexFiles(path))
                    {
                        File.Delete(file);
                    }
                }

                await Open();
                break;
        }
    }

    private async Task Get(string[] keys)
    {
        var found = await _items!.GetAsync(keys, new RecordRetrievalOptions { IncludeVectors = true }).ToListAsync();
        Assert.Equal(keys.Where(_model.ContainsKey).Order(StringComparer.Ordinal), found.Select(item => item.Key).Order(StringComparer.Ordinal));
        Assert.All(found, item => AssertSame(item, hasVector: true));
    }

    private async Task GetFiltered(Random random, ItemFilter filter)
    {
        var (top, skip) = (random.Next(1, 40), random.Next(3) == 0 ? random.Next(10) : 0);
        var matches = _model.Values.Where(filter.Matches).ToArray();
        var options = new FilteredRecordRetrievalOptions<Item> { Skip = skip, IncludeVectors = random.Next(2) == 0 };
        IEnumerable<Item>? sorted = null;
        switch (random.Next(3))
        {
            case 0:
                options.OrderBy = by => by.Ascending(item => item.Number).Descending(item => item.Key);
                sorted = matches.OrderBy(item => item.Number).ThenByDescending(item => item.Key, StringComparer.Ordinal);
                break;
            case 1:
                options.OrderBy = by => by.Descending(item => item.Optional).Ascending(item => item.Text).Ascending(item => item.Key);
                sorted = matches.OrderByDescending(item => item.Optional).ThenBy(item => item.Text, StringComparer.Ordinal).ThenBy(item => item.Key, StringComparer.Ordinal);
                break;
        }

        var found = await _items!.GetAsync(filter.Expression, top, options).ToListAsync();
        var expected = Math.Clamp(matches.Length - skip, 0, top);
        Assert.True(found.Count == expected, $"{filter}, top {top}, skip {skip}: {found.Count} records instead of {expected}");
        Assert.Equal(found.Count, found.DistinctBy(item => item.Key).Count());
        Assert.All(found, item => AssertSame(item, options.IncludeVectors));
        Assert.All(found, item => Assert.True(filter.Matches(item), $"{filter} does not match {item}"));
        if (sorted is not null)
        {
            Assert.Equal(sorted.Skip(skip).Take(top).Select(item => item.Key), found.Select(item => item.Key));
        }
    }

    private async Task Search(Random random, ItemFilter? filter)
    {
        var query = RandomVector(random);
        var (top, skip) = (random.Next(1, 25), random.Next(4) == 0 ? random.Next(6) : 0);
        var matches = _model.Values.Where(item => filter?.Matches(item) ?? true).Select(item => Score(query.Span, item.Vector.Span)).ToArray();
        Array.Sort(matches);
        if (IsSimilarity)
        {
            Array.Reverse(matches);
        }

        var (options, threshold) = (new VectorSearchOptions<Item> { Filter = filter?.Expression, Skip = skip, IncludeVectors = random.Next(2) == 0 }, random.Next(4) == 0 && matches.Length > 0);
        if (threshold)
        {
            // Between two scores, so that rounding does not decide.
            options.ScoreThreshold = matches[random.Next(matches.Length)] + (IsSimilarity ? -0.01 : 0.01);
            matches = [.. matches.Where(score => IsSimilarity ? score >= options.ScoreThreshold : score <= options.ScoreThreshold)];
        }

        var found = await _items!.SearchAsync(query, top, options).ToListAsync();
        var what = $"{filter?.Text ?? "no filter"}, top {top}, skip {skip}, threshold {options.ScoreThreshold}, {_model.Count} records";
        var expected = matches.Skip(skip).Take(top).ToArray();
        Assert.True(isExact || threshold ? found.Count <= expected.Length : found.Count == expected.Length, $"{what}: {found.Count} results instead of {expected.Length}");
        Assert.True(found.Count == found.DistinctBy(result => result.Record.Key).Count(), $"{what}: a record twice");
        for (var i = 0; i < found.Count; i++)
        {
            var (record, score) = (found[i].Record, found[i].Score!.Value);
            AssertSame(record, options.IncludeVectors);
            Assert.True(filter?.Matches(record) ?? true, $"{what}: does not match {record}");
            var right = Score(query.Span, _model[record.Key].Vector.Span);
            Assert.True(Math.Abs(score - right) < Tolerance + (_quantization * (1 + Math.Abs(right))), $"{what}: result {i} has score {score}, not {right}");
            Assert.True(i == 0 || (IsSimilarity ? score <= found[i - 1].Score : score >= found[i - 1].Score), $"{what}: result {i} is out of order");
            Assert.True(!isExact || Math.Abs(score - expected[i]) < Tolerance, $"{what}: result {i} has score {score}; the exact search has {expected[i]}");
        }

        Assert.True(!isExact || found.Count == expected.Length, $"{what}: {found.Count} results instead of {expected.Length}");
        Expected += expected.Length;
        Found += found.Count(result => expected.Length > 0 && (IsSimilarity ? Score(query.Span, _model[result.Record.Key].Vector.Span) >= expected[^1] - Tolerance : Score(query.Span, _model[result.Record.Key].Vector.Span) <= expected[^1] + Tolerance));
    }

    private bool IsSimilarity => distance is DistanceFunction.CosineSimilarity or DistanceFunction.DotProductSimilarity;

    private double Score(ReadOnlySpan<float> left, ReadOnlySpan<float> right) => distance switch
    {
        DistanceFunction.CosineSimilarity => TensorPrimitives.CosineSimilarity(left, right),
        DistanceFunction.CosineDistance => 1 - TensorPrimitives.CosineSimilarity(left, right),
        DistanceFunction.DotProductSimilarity => TensorPrimitives.Dot(left, right),
        DistanceFunction.NegativeDotProductSimilarity => -TensorPrimitives.Dot(left, right),
        DistanceFunction.EuclideanDistance => TensorPrimitives.Distance(left, right),
        DistanceFunction.EuclideanSquaredDistance => Math.Pow(TensorPrimitives.Distance(left, right), 2),
        _ => throw new ArgumentOutOfRangeException(nameof(left), distance, null),
    };

    private void AssertSame(Item found, bool hasVector)
    {
        Assert.True(_model.TryGetValue(found.Key, out var item), $"{found} was deleted");
        Assert.True(item.HasDataOf(found), $"{found} instead of {item}");
        Assert.True(hasVector ? item.Vector.Span.SequenceEqual(found.Vector.Span) : found.Vector.IsEmpty, $"{found} instead of {item}");
    }

    private static string[] RandomKeys(Random random, int max) => [.. Enumerable.Range(0, random.Next(1, max + 1)).Select(_ => "k" + random.Next(150)).Distinct()];

    private static Item RandomItem(string key, Random random) => new()
    {
        Key = key,
        Number = random.Next(10),
        Optional = random.Next(3) == 0 ? null : random.Next(5),
        Text = ItemFilter.RandomText(random),
        Tags = ItemFilter.RandomTags(random),
        Flag = random.Next(2) == 0,
        Vector = RandomVector(random),
    };

    // Of few values, so that equal vectors and equal distances are common; not zero, which has no direction.
    private static ReadOnlyMemory<float> RandomVector(Random random)
    {
        var vector = new float[Item.Dimension];
        var pool = new Random(random.Next(400));
        foreach (ref var component in vector.AsSpan())
        {
            component = pool.Next(-3, 4);
        }

        vector[0] += 0.5f;
        return vector;
    }
}
