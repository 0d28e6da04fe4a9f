namespace FaissSdk.Sequences;

/// <summary>Searches that return more than neighbors, run on other threads or in batches, and the measures of their quality.</summary>
internal static class Queries
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("SearchAndReconstruct", 3, SearchAndReconstruct) { IsModelled = true },
        new("SearchAndGetCodes", 2, SearchAndGetCodes),
        new("SearchById", 3, SearchById) { IsModelled = true },
        new("Asynchronous", 2, SearchAsynchronously) { IsModelled = true },
        new("AddAsync", 2, AddAsynchronously) { IsModelled = true },
        new("Batcher", 1, SearchInBatches) { IsModelled = true },
        new("Evaluate", 2, Evaluate),
        new("Size", 2, ReadSize),
    ];

    private static void SearchAndReconstruct(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (k, queries) = Query(chooser, target);
        SearchResult? result = null;
        float[] vectors = [];
        if (!sequence.Try($"{target.Name}.SearchAndReconstruct({queries}, {k}, out _);", () => result = target.Index.SearchAndReconstruct(queries.Values, k, out vectors)))
        {
            return;
        }

        Check(target, queries, k, result!);
        if (!target.Model.Kind.IsLossless || !target.Model.IsKnown || !target.Model.IsOrdinary)
        {
            return;
        }

        var d = target.Model.Dimension;
        for (var i = 0; i < result!.Ids.Length; i++)
        {
            if (result.Ids[i] is var id and >= 0 && !target.Model.Items.Exists(item => item.Id == id && item.Vector.AsSpan().SequenceEqual(vectors.AsSpan(i * d, d))))
            {
                throw new Fault("wrong answer", $"{target.Model.Kind.Text} by {target.Model.Metric}: the vector returned with id {id} is not the one that was added");
            }
        }
    }

    private static void SearchAndGetCodes(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (k, queries) = Query(chooser, target);
        SearchResult? result = null;
        byte[] codes = [];
        if (sequence.Try($"{target.Name}.SearchAndGetCodes({queries}, {k}, out _);", () => result = target.Index.SearchAndGetCodes(queries.Values, k, out codes)))
        {
            Check(target, queries, k, result!);
            if (result!.Ids.Length > 0 && codes.Length % result.Ids.Length != 0)
            {
                throw new Fault("properties", $"{codes.Length} bytes are returned as the codes of {result.Ids.Length} neighbors");
            }
        }
    }

    private static void SearchById(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var k = chooser.Usually([1, 3, 10], [0, -1]);
        var id = Reading.Id(chooser, target);
        if (sequence.Try($"{target.Name}.SearchById([{id}], {k});", () => _ = target.Index.SearchById([id], k)) && target.Model.IsKnown && !target.Model.Items.Exists(item => item.Id == id))
        {
            throw new Fault("wrong id", $"{target.Name} searches by id {id}, which it does not hold");
        }
    }

    private static void SearchAsynchronously(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (k, queries) = Query(chooser, target);
        var parameters = chooser.Optional<ParametersVariable>(sequence.Variables, 30);
        SearchResult? result = null;
        if (sequence.Try(
                $"{target.Name}.SearchAsync({queries}, {k}, {parameters?.Name ?? "null"}).GetAwaiter().GetResult();",
                () => result = target.Index.SearchAsync(queries.Values, k, parameters?.Parameters).GetAwaiter().GetResult())
            && parameters is null)
        {
            Check(target, queries, k, result!);
        }
    }

    private static void AddAsynchronously(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var data = Changes.Data(chooser, target, 0);
        Changes.Change(sequence, target, $"{target.Name}.AddAsync({data}).GetAwaiter().GetResult();", () => target.Index.AddAsync(data.Values).GetAwaiter().GetResult(), model => model.Add(data));
    }

    private static void SearchInBatches(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (k, count) = (chooser.Usually([1, 5], [0, -1]), chooser.Int(1, 6));
        var queries = chooser.Data(target.Model.Dimension, count, count);
        var most = chooser.Usually([1, 4, 100], [0]);
        var d = target.Model.Dimension;
        SearchResult[] results = [];
        if (!sequence.Try($"{target.Name}: {count} queries of {queries} in a QueryBatcher of batches of {most}, k = {k}", () =>
            {
                using var batcher = new QueryBatcher(target.Index, new QueryBatcherOptions { MaxBatch = most });
                results = Task.WhenAll(Enumerable.Range(0, queries.Count).Select(i => batcher.SearchAsync(queries.Values.AsMemory(i * d, d), k))).GetAwaiter().GetResult();
            }))
        {
            return;
        }

        for (var i = 0; i < results.Length; i++)
        {
            if (queries.IsOrdinary && target.Model.IsOrdinary)
            {
                SearchOracle.CheckRow(target.Model, target.Index.Count, queries.Values.AsSpan(i * d, d), results[i].Distances, results[i].Ids, target.Model.IsExact);
            }
        }
    }

    private static void Evaluate(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (vectors, queries) = (chooser.Data(target.Model.Dimension, 0, 60), chooser.Data(target.Model.Dimension, 1, 4));
        var k = chooser.Usually([1, 5], [0, -1, 1000]);
        var explores = chooser.Chance(40);
        GroundTruth? truth = null;
        if (!sequence.Try($"var truth = GroundTruth.Compute({vectors}, {queries}, {target.Model.Dimension}, {k}, MetricType.{target.Model.Metric});", () => truth = GroundTruth.Compute(vectors.Values, queries.Values, target.Model.Dimension, k, target.Model.Metric)))
        {
            return;
        }

        if (explores)
        {
            // Leaves the index with the settings of one of the points.
            target.Model.IsTuned = true;
            Settings.TuneParents(target);
            sequence.Try($"ParameterSpace.Explore({target.Name}, {queries}, truth, new ExplorationOptions {{ MaxExperiments = 3, MinRepetitions = 1 }});", () =>
            {
                var points = ParameterSpace.Explore(target.Index, queries.Values, truth!, new ExplorationOptions { MaxExperiments = 3, MinRepetitions = 1, MinDuration = TimeSpan.Zero });
                points.BestFor(0.5)?.ApplyTo(target.Index);
            });
            return;
        }

        var recall = double.NaN;
        if (sequence.Try($"Evaluation.Recall({target.Name}.Search({queries}, {k}), truth);", () => recall = Evaluation.Recall(target.Index.Search(queries.Values, k), truth!)) && recall is not (>= 0 and <= 1))
        {
            throw new Fault("properties", $"the recall of {target.Name} is {recall}");
        }
    }

    private static void ReadSize(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var count = chooser.Usually([1000L], [-1]);
        var size = 0L;
        if (sequence.Try($"{target.Name}.SizeInBytes;", () => size = target.Index.SizeInBytes) && size < 0)
        {
            throw new Fault("properties", $"{target.Name} has a size of {size} bytes");
        }

        var text = target.Model.Kind.Text;
        sequence.Try($"FaissIndex.EstimateSizeInBytes({target.Model.Dimension}, \"{text}\", {count});", () => _ = FaissIndex.EstimateSizeInBytes(target.Model.Dimension, text, count));
    }

    private static (int K, DataSpecification Queries) Query(Chooser chooser, IndexVariable target)
    {
        var k = chooser.Usually([1, 2, 5, 10, 1000], [0, -1, int.MaxValue]);
        return (k, chooser.Data(chooser.Usually([target.Model.Dimension], [target.Model.Dimension + 1]), 0, 4));
    }

    private static void Check(IndexVariable target, DataSpecification queries, int k, SearchResult result)
    {
        if (target.IsDisposed)
        {
            throw new Fault("disposed", $"{target.Name} is searched after its disposal");
        }

        SearchOracle.Check(target.Model, target.Index.Count, queries, k, result.Distances, result.Ids, null, target.Model.IsExact);
    }
}
