namespace FaissSdk.Sequences;

/// <summary>Clusterings of the managed engine.</summary>
internal static class ManagedClustering
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("KMeansSource", 1, TrainSource),
        new("KMeansStep", 1, MakeStep),
        new("TwoLevel", 1, TrainTwoLevels),
        new("Balanced", 1, TrainBalanced),
        new("ManagedFlat", 2, SearchManaged),
    ];

    private static void TrainSource(Sequence sequence, Chooser chooser)
    {
        var (data, clusters) = Points(chooser);
        var rows = chooser.Usually([1, 7, 100], [0]);
        KMeansResult? result = null;
        if (sequence.Try($"KMeans.Train({data} in blocks of {rows}, {clusters});", () => result = KMeans.Train(VectorSequence.FromBlocks(() => Blocks(data, rows), data.Dimension), clusters)))
        {
            CheckCentroids(data, result!.Centroids);
        }
    }

    private static void MakeStep(Sequence sequence, Chooser chooser)
    {
        var (data, clusters) = Points(chooser);
        var centroids = chooser.Data(data.Dimension, Math.Clamp(clusters, 1, 100), Math.Clamp(clusters, 1, 100));
        var cut = chooser.Int(0, 600);
        KMeansStepResult? result = null;
        if (sequence.Try($"KMeansStep: centroids {centroids}, points {data}, exported and imported after {cut}", () =>
            {
                var step = new KMeansStep(centroids.Values, data.Dimension);
                var first = Math.Min(cut, data.Count) * data.Dimension;
                step.Add(data.Values.AsSpan(0, first));
                step = KMeansStep.Import(step.Export());
                step.Add(data.Values.AsSpan(first));
                result = step.Finish();
            })
            && result!.Sizes.Length != centroids.Count)
        {
            throw new Fault("properties", $"a step of {centroids.Count} clusters returns {result.Sizes.Length} sizes");
        }
    }

    private static void TrainTwoLevels(Sequence sequence, Chooser chooser)
    {
        var (data, clusters) = Points(chooser);
        KMeansResult? result = null;
        if (sequence.Try($"TwoLevelKMeans.Train({data}, {data.Dimension}, {clusters});", () => result = TwoLevelKMeans.Train(data.Values, data.Dimension, clusters)))
        {
            CheckCentroids(data, result!.Centroids);
        }
    }

    private static void TrainBalanced(Sequence sequence, Chooser chooser)
    {
        var (data, clusters) = Points(chooser);
        var slack = chooser.Usually([1, 3], [-1]);
        var most = clusters > 0 ? (data.Count / clusters) + slack : slack;
        BalancedClusters? result = null;
        if (!sequence.Try($"BalancedKMeans.Train({data}, {data.Dimension}, {clusters}, {most});", () => result = BalancedKMeans.Train(data.Values, data.Dimension, clusters, most)))
        {
            return;
        }

        CheckCentroids(data, result!.Centroids);
        if (result.Labels.ToArray().GroupBy(label => label).Any(cluster => cluster.Key < 0 || cluster.Key >= clusters || cluster.Count() > most))
        {
            throw new Fault("clusters", $"a cluster of {data} has more than {most} points");
        }

        var labels = result.Labels.ToArray();
        sequence.Try($"ClusterIndices.Of({data}, {data.Dimension}, labels);", () => _ = ClusterIndices.Of(data.Values, data.Dimension, labels));
    }

    private static void SearchManaged(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (data, queries) = (chooser.Data(target.Model.Dimension, 0, 100), chooser.Data(target.Model.Dimension, 1, 12));
        var metric = target.Model.Metric == MetricType.InnerProduct ? MetricType.InnerProduct : MetricType.L2;
        var k = chooser.Usually([1, 5, 200], [0, -1]);
        var selector = chooser.Optional<SelectorVariable>(sequence.Variables, 30);
        SearchResult? result = null;
        if (sequence.Try($"new ManagedFlatIndex({target.Model.Dimension}, MetricType.{metric}) of {data}, searched for {queries}, {k}{(selector is null ? "" : $", where {selector.Name} contains the id")}", () =>
            {
                using var index = new ManagedFlatIndex(target.Model.Dimension, metric);
                index.Add(data.Values);
                result = index.Search(queries.Values, k, selector is null ? null : IdFilter.FromPredicate(selector.Contains));
            }))
        {
            var model = new Model(Kind.Flat, target.Model.Dimension, metric);
            model.Add(data);
            SearchOracle.Check(model, data.Count, queries, k, result!.Distances, result.Ids, selector?.Contains, isExact: model.IsOrdinary);
        }
    }

    private static (DataSpecification Data, int Clusters) Points(Chooser chooser)
    {
        var dimension = int.Parse(chooser.Text(random => chooser.Swarm!.Dimension(random).ToString(System.Globalization.CultureInfo.InvariantCulture)), System.Globalization.CultureInfo.InvariantCulture);
        return (chooser.Data(dimension, 1, chooser.Swarm?.MaxCount ?? 1), chooser.Usually([1, 2, 4, 8], [0, -1, 100_000]));
    }

    private static IEnumerable<ReadOnlyMemory<float>> Blocks(DataSpecification data, int rows)
    {
        var length = Math.Max(rows, 0) * data.Dimension;
        for (var start = 0; start < data.Values.Length; start += Math.Max(length, data.Dimension))
        {
            yield return data.Values.AsMemory(start, Math.Min(length, data.Values.Length - start));
        }
    }

    private static void CheckCentroids(DataSpecification data, ReadOnlySpan<float> centroids) => Transforms.CheckCentroids(MetricType.L2, data, centroids.ToArray());
}
