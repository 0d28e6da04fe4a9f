using FaissSdk.Tests.KMeansTests;

namespace FaissSdk.Tests.Arguments;

/// <content>K-means of points that come in blocks.</content>
internal sealed partial record WrongArguments
{
    private static KMeansPart Part() => new(new float[4], 4);

    private static void Wait(Task<KMeansResult> training) => training.GetAwaiter().GetResult();

    private static IEnumerable<WrongArguments> Blocks(Samples s)
    {
        yield return new(
            "KMeansStep(centroids, dimension, options)",
            ("centroids", () => _ = new KMeansStep(new float[5], 4)),
            ("centroids", () => _ = new KMeansStep([], 4)),
            ("centroids", () => _ = new KMeansStep([float.NaN], 1)),
            ("dimension", () => _ = new KMeansStep(new float[4], 0)),
            ("options", () => _ = new KMeansStep(new float[4], 4, new KMeansOptions { Center = true })));
        yield return new(
            "KMeansStep.Add(points, weights, labels, distances)",
            ("points", () => new KMeansStep(new float[4], 4).Add(new float[5])),
            ("points", () => new KMeansStep(new float[4], 4).Add([float.NaN, 0, 0, 0])),
            ("weights", () => new KMeansStep(new float[4], 4).Add(new float[4], new float[2])),
            ("weights", () => new KMeansStep(new float[4], 4).Add(new float[4], [-1])),
            ("labels", () => new KMeansStep(new float[4], 4).Add(new float[4], labels: new long[2])),
            ("distances", () => new KMeansStep(new float[4], 4).Add(new float[4], distances: new float[2])));
        yield return new("KMeansStep.Import(state, options)", ("options", () => KMeansStep.Import(new KMeansStep(new float[4], 4).Export(), new KMeansOptions { Spherical = true })));
        yield return new(
            "KMeansSums(startCluster, endCluster, dimension, isWeighted, options)",
            ("startCluster", () => _ = new KMeansSums(-1, 1, 4)),
            ("endCluster", () => _ = new KMeansSums(1, 1, 4)),
            ("dimension", () => _ = new KMeansSums(0, 1, 0)),
            ("options", () => _ = new KMeansSums(0, 1, 4, options: new KMeansOptions { Seed = -1 })));
        yield return new(
            "KMeansPart(points, dimension)",
            ("points", () => _ = new KMeansPart(new float[5], 4)),
            ("points", () => _ = new KMeansPart(new[] { float.NaN }, 1)),
            ("dimension", () => _ = new KMeansPart(new float[4], 0)));
        yield return new("KMeansPart.SetWeights(weights)", ("weights", () => Part().SetWeights(new float[2])), ("weights", () => Part().SetWeights([-1])));
        yield return new(
            "KMeansPart.Assign(centroids, options, cancellationToken)",
            ("centroids", () => Part().Assign([])),
            ("centroids", () => Part().Assign(new float[5])),
            ("centroids", () => Part().Assign([float.NaN, 0, 0, 0])),
            ("options", () => Part().Assign(new float[4], new KMeansOptions { Seed = -1 })));
        yield return new("KMeansPart.CopyPoints(rows)", ("rows", () => Part().CopyPoints([1])), ("rows", () => Part().CopyPoints([-1])));
        yield return new("KMeansParts(dimension, count)", ("dimension", () => _ = new OneMachineParts([], 0, [])), ("count", () => _ = new CountedParts(-1)), ("count", () => _ = new CountedParts(1L << 31)));
        yield return new(
            "ManagedKMeans.TrainAsync(parts, clusters, options, checkpointPath, progress, cancellationToken)",
            ("parts", () => Wait(ManagedKMeans.TrainAsync(new OneMachineParts([new float[4]], 4, []), 2))),
            ("clusters", () => Wait(ManagedKMeans.TrainAsync(new OneMachineParts([new float[4]], 4, []), 0))),
            ("options", () => Wait(ManagedKMeans.TrainAsync(new OneMachineParts([new float[4]], 4, []), 1, new KMeansOptions { Center = true }))));
        yield return new(
            "ManagedKMeans.Train(source, clusters, options, sourceOptions, progress, cancellationToken)",
            ("source", () => ManagedKMeans.Train(VectorSequence.FromMemory(new float[4], 4), 2)),
            ("source", () => ManagedKMeans.Train(VectorSequence.FromMemory((ReadOnlyMemory<float>)new[] { float.NaN }, 1), 1)),
            ("clusters", () => ManagedKMeans.Train(VectorSequence.FromMemory(new float[4], 4), 0)),
            ("options", () => ManagedKMeans.Train(VectorSequence.FromMemory(new float[4], 4), 1, new KMeansOptions { RelativeTolerance = -1 })),
            ("sourceOptions", () => ManagedKMeans.Train(VectorSequence.FromMemory(new float[4], 4), 1, null, new KMeansSourceOptions { BatchSize = -1 })),
            ("sourceOptions", () => ManagedKMeans.Train(VectorSequence.FromMemory(new float[4], 4), 1, null, new KMeansSourceOptions { MemoryLimit = 1 })));
        yield return new(
            "KMeans.Train(source, clusters, options, sourceOptions, progress, cancellationToken)",
            ("source", () => KMeans.Train(VectorSequence.FromMemory(new float[4], 4), 2)),
            ("clusters", () => KMeans.Train(VectorSequence.FromMemory(new float[4], 4), 0)),
            ("options", () => KMeans.Train(VectorSequence.FromMemory(new float[4], 4), 1, new KMeansOptions { Seed = -1 })),
            ("sourceOptions", () => KMeans.Train(VectorSequence.FromMemory(new float[4], 4), 1, null, new KMeansSourceOptions { BatchSize = -1 })));
        yield return new(
            "VectorSequence.FromMemory(vectors, dimension)",
            ("vectors", () => VectorSequence.FromMemory(new float[5], 4)),
            ("vectors", () => VectorSequence.FromMemory(new Half[5], 4)),
            ("vectors", () => VectorSequence.FromMemory(new byte[5], 4)),
            ("dimension", () => VectorSequence.FromMemory(new float[4], 0)));
        yield return new("VectorSequence.FromBlocks(blocks, dimension)", ("dimension", () => VectorSequence.FromBlocks(() => Array.Empty<ReadOnlyMemory<float>>(), 0)));
        yield return new("VectorSequence.FromAsyncBlocks(blocks, dimension)", ("dimension", () => VectorSequence.FromAsyncBlocks(_ => AsyncEnumerable.Empty<ReadOnlyMemory<float>>(), 0)));
        yield return new(
            "IndexIVF.TrainCoarse(vectors, options, progress, cancellationToken)",
            ("vectors", () => s.EmptyLists.TrainCoarse(new float[9])),
            ("vectors", () => s.EmptyLists.TrainCoarse(new float[4])),
            ("vectors", () => s.EmptyLists.TrainCoarse([float.NaN, .. new float[63]])),
            ("options", () => s.EmptyLists.TrainCoarse(new float[64], new KMeansOptions { Seed = -1 })));
        yield return new("IndexIVF.SetCentroids(centroids)", ("centroids", () => s.EmptyLists.SetCentroids(new float[4])), ("centroids", () => s.EmptyLists.SetCentroids([float.NaN, .. new float[15]])));
        yield return new(
            "ClusterIndices.Of(points, dimension, labels, maxPoints, seed)",
            ("points", () => ClusterIndices.Of(new float[5], 4, new long[1])),
            ("points", () => ClusterIndices.Of([float.NaN, 0, 0], 1, [0, 0, 1])),
            ("dimension", () => ClusterIndices.Of(new float[4], 0, new long[1])),
            ("labels", () => ClusterIndices.Of(new float[3], 1, new long[2])),
            ("labels", () => ClusterIndices.Of(new float[3], 1, [0, -1, 1])),
            ("labels", () => ClusterIndices.Of(new float[3], 1, [7, 7, 7])),
            ("maxPoints", () => ClusterIndices.Of(new float[3], 1, [0, 0, 1], 2)),
            ("seed", () => ClusterIndices.Of(new float[3], 1, [0, 0, 1], 3, -1)));
        yield return new(
            "TwoLevelKMeans.Train(points, dimension, clusters, options, progress, cancellationToken)",
            ("points", () => TwoLevelKMeans.Train(new float[5], 4, 1)),
            ("points", () => TwoLevelKMeans.Train(new float[4], 4, 2)),
            ("dimension", () => TwoLevelKMeans.Train(new float[4], 0, 1)),
            ("clusters", () => TwoLevelKMeans.Train(new float[4], 4, 0)),
            ("options", () => TwoLevelKMeans.Train(new float[4], 4, 1, new KMeansOptions { Center = true })));
        yield return new(
            "BalancedKMeans.Train(points, dimension, clusters, maxSize, options, cancellationToken)",
            ("points", () => BalancedKMeans.Train(new float[5], 4, 1, 1)),
            ("points", () => BalancedKMeans.Train(new float[4], 4, 2, 1)),
            ("dimension", () => BalancedKMeans.Train(new float[4], 0, 1, 1)),
            ("clusters", () => BalancedKMeans.Train(new float[4], 4, 0, 1)),
            ("maxSize", () => BalancedKMeans.Train(new float[12], 4, 2, 1)),
            ("options", () => BalancedKMeans.Train(new float[12], 4, 2, 2, new KMeansOptions { Spherical = true })));
    }
}
