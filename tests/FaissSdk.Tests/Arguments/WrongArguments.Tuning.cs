namespace FaissSdk.Tests.Arguments;

/// <content>Ground truths, recall and operating points.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Tuning(Samples s)
    {
        yield return new(
            "GroundTruth.Compute(vectors, queries, dimension, k, metric, cancellationToken)",
            ("vectors", () => GroundTruth.Compute(new float[5], new float[4], 4, 1)),
            ("vectors", () => GroundTruth.Compute([1, 2, 3, float.NaN], new float[4], 4, 1)),
            ("queries", () => GroundTruth.Compute(new float[4], new float[5], 4, 1)),
            ("dimension", () => GroundTruth.Compute(new float[4], new float[4], 0, 1)),
            ("k", () => GroundTruth.Compute(new float[4], new float[4], 4, 0)),
            ("metric", () => GroundTruth.Compute(new float[4], new float[4], 4, 1, (MetricType)99)));
        yield return new(
            "LinearTransform.SetMatrix(matrix, bias)",
            ("matrix", () => s.Pca.SetMatrix(new float[7])),
            ("matrix", () => s.Pca.SetMatrix([1, 2, 3, 4, 5, 6, 7, float.NaN])),
            ("bias", () => s.Pca.SetMatrix(new float[8], new float[3]))) { Needs = "faiss_sdk_set_matrix" };
        yield return new(
            "ProductQuantizerCentroids(subspaces, bits, dimension, values)",
            ("subspaces", () => _ = new ProductQuantizerCentroids(0, 1, 4, new float[8])),
            ("bits", () => _ = new ProductQuantizerCentroids(2, 17, 4, new float[8])),
            ("dimension", () => _ = new ProductQuantizerCentroids(3, 1, 4, new float[8])),
            ("values", () => _ = new ProductQuantizerCentroids(2, 1, 4, new float[7])));
        yield return new(
            "HnswGraph.GetNeighbors(vector, level)",
            ("vector", () => s.ShownGraph.GetNeighbors(8)),
            ("level", () => s.ShownGraph.GetNeighbors(0, -1))) { Needs = "faiss_sdk_graph" };
        yield return new("FlatVectors[vector]", ("vector", () => _ = s.ShownVectors[8].Length), ("vector", () => _ = s.ShownVectors[-1].Length));
        yield return new("InvertedLists.GetIds(list)", ("list", () => s.ShownLists.GetIds(4)), ("list", () => s.ShownLists.GetIds(-1))) { Needs = "faiss_sdk_list" };
        yield return new("InvertedLists.GetCodes(list)", ("list", () => s.ShownLists.GetCodes(4)), ("list", () => s.ShownLists.GetCodes(-1))) { Needs = "faiss_sdk_list" };
        yield return new(
            "QueryBatcher.SearchAsync(query, k, cancellationToken)",
            ("query", () => s.Batcher.SearchAsync(new float[3], 1)),
            ("k", () => s.Batcher.SearchAsync(new float[4], 0)));
        yield return new("GroundTruth.Create(ids, k)", ("ids", () => GroundTruth.Create([1, 2, 3], 2)), ("k", () => GroundTruth.Create([1], 0)));
        yield return new(
            "GroundTruth.GetNeighbors(query, k)",
            ("query", () => Truth().GetNeighbors(2, 1)),
            ("query", () => Truth().GetNeighbors(-1, 1)),
            ("k", () => Truth().GetNeighbors(0, 3)),
            ("k", () => Truth().GetNeighbors(0, 0)));
        yield return new(
            "Evaluation.Recall(found, truth, k, r)",
            ("k", () => Evaluation.Recall(s.Flat.Search(new float[8], 2), Truth(), 3, 2)),
            ("r", () => Evaluation.Recall(s.Flat.Search(new float[8], 2), Truth(), 2, 3)));
        yield return new(
            "Evaluation.Recall(ids, truth, k, r)",
            ("ids", () => Evaluation.Recall([1, 2, 3], Truth(), 1, 1)),
            ("k", () => Evaluation.Recall([1, 2], Truth(), 0, 1)),
            ("r", () => Evaluation.Recall([1, 2], Truth(), 1, 0)));
        yield return new(
            "Evaluation.ExactRangeSearch(vectors, queries, dimension, radius, metric, cancellationToken)",
            ("vectors", () => Evaluation.ExactRangeSearch(new float[5], new float[4], 4, 1)),
            ("queries", () => Evaluation.ExactRangeSearch(new float[4], new float[5], 4, 1)),
            ("dimension", () => Evaluation.ExactRangeSearch(new float[4], new float[4], 0, 1)),
            ("radius", () => Evaluation.ExactRangeSearch(new float[4], new float[4], 4, float.NaN)),
            ("metric", () => Evaluation.ExactRangeSearch(new float[4], new float[4], 4, 1, MetricType.Lp)));
        yield return new("OperatingPoints[index]", ("index", () => _ = new OperatingPoints([])[0]), ("index", () => _ = new OperatingPoints([])[-1]));
        yield return new("OperatingPoints.BestFor(recall)", ("recall", () => new OperatingPoints([]).BestFor(1.1)), ("recall", () => new OperatingPoints([]).BestFor(double.NaN)));
        yield return new(
            "ParameterSpace.Explore(index, queries, truth, options, progress, cancellationToken)",
            ("queries", () => ParameterSpace.Explore(s.Flat, new float[4], Truth())),
            ("queries", () => ParameterSpace.Explore(s.Flat, new float[5], Truth())));
    }

    private static GroundTruth Truth() => GroundTruth.Create([1, 2, 3, 4], 2);
}
