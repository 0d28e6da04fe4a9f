namespace FaissSdk.Tests.Arguments;

/// <content>Transforms and k-means.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Transforms(Samples s)
    {
        yield return new("CenteringTransform(dimension)", ("dimension", () => _ = new CenteringTransform(0)), ("dimension", () => _ = new CenteringTransform(int.MaxValue)));
        yield return new("NormalizationTransform(dimension)", ("dimension", () => _ = new NormalizationTransform(0)));
        yield return new("ITQMatrix(dimension)", ("dimension", () => _ = new ITQMatrix(0)), ("dimension", () => _ = new ITQMatrix(int.MaxValue)));
        yield return new(
            "ITQTransform(inputDimension, outputDimension, applyPca)",
            ("inputDimension", () => _ = new ITQTransform(0, 2, applyPca: true)),
            ("outputDimension", () => _ = new ITQTransform(4, 0, applyPca: true)),
            ("outputDimension", () => _ = new ITQTransform(4, 5, applyPca: true)),
            ("outputDimension", () => _ = new ITQTransform(4, 2, applyPca: false)));
        yield return new(
            "OPQMatrix(inputDimension, subquantizers, outputDimension)",
            ("inputDimension", () => _ = new OPQMatrix(0, 2, 4)),
            ("subquantizers", () => _ = new OPQMatrix(4, 0)),
            ("subquantizers", () => _ = new OPQMatrix(4, 3)),
            ("outputDimension", () => _ = new OPQMatrix(4, 2, 0)));
        yield return new("OPQMatrix.Iterations", ("value", () => s.Opq.Iterations = 0));
        yield return new("OPQMatrix.QuantizerIterations", ("value", () => s.Opq.QuantizerIterations = 0));
        yield return new(
            "PCAMatrix(inputDimension, outputDimension, eigenPower, randomRotation)",
            ("inputDimension", () => _ = new PCAMatrix(0, 2)),
            ("outputDimension", () => _ = new PCAMatrix(4, 0)),
            ("outputDimension", () => _ = new PCAMatrix(4, 5)),
            ("eigenPower", () => _ = new PCAMatrix(4, 2, float.NaN)));
        yield return new("PCAMatrix.BalancedBins", ("value", () => s.Pca.BalancedBins = -1), ("value", () => s.Pca.BalancedBins = 3));
        yield return new(
            "RandomRotationMatrix(inputDimension, outputDimension)",
            ("inputDimension", () => _ = new RandomRotationMatrix(0, 4)),
            ("outputDimension", () => _ = new RandomRotationMatrix(4, 0)));
        yield return new(
            "RemapDimensionsTransform(inputDimension, outputDimension, uniform)",
            ("inputDimension", () => _ = new RemapDimensionsTransform(0, 4)),
            ("outputDimension", () => _ = new RemapDimensionsTransform(4, 0)));
        yield return new("VectorTransform.Train(vectors)", ("vectors", () => s.Pca.Train(new float[5])), ("vectors", () => s.Pca.Train([])), ("vectors", () => s.Pca.Train([float.NaN, 0, 0, 0])));
        yield return new(
            "VectorTransform.Apply(vectors, transformed)",
            ("vectors", () => s.Pca.Apply(new float[5], new float[2])),
            ("transformed", () => s.Pca.Apply(new float[4], new float[3])),
            ("transformed", () => Overlapping((vectors, transformed, _) => s.Pca.Apply(vectors, transformed), 4, 2)));
        yield return new("VectorTransform.Apply(vectors)", ("vectors", () => s.Pca.Apply(new float[5])));
        yield return new(
            "VectorTransform.ReverseTransform(transformed, vectors)",
            ("transformed", () => s.Pca.ReverseTransform(new float[3], new float[4])),
            ("vectors", () => s.Pca.ReverseTransform(new float[2], new float[5])),
            ("vectors", () => Overlapping((transformed, vectors, _) => s.Pca.ReverseTransform(transformed, vectors), 2, 4)));
        yield return new("VectorTransform.ReverseTransform(transformed)", ("transformed", () => s.Pca.ReverseTransform(new float[3])));
        yield return new(
            "LinearTransform.TransformTranspose(transformed, vectors)",
            ("transformed", () => s.Pca.TransformTranspose(new float[3], new float[4])),
            ("vectors", () => s.Pca.TransformTranspose(new float[2], new float[5])),
            ("vectors", () => Overlapping((transformed, vectors, _) => s.Pca.TransformTranspose(transformed, vectors), 2, 4)));
    }

    private static IEnumerable<WrongArguments> Clusterings(Samples s)
    {
        yield return new(
            "Clustering(dimension, clusters, parameters)",
            ("dimension", () => _ = new Clustering(0, 2)),
            ("clusters", () => _ = new Clustering(4, 0)),
            ("parameters", () => _ = new Clustering(4, 2, new ClusteringParameters { Iterations = -1 })),
            ("parameters", () => _ = new Clustering(4, 2, new ClusteringParameters { Redos = 0 })),
            ("parameters", () => _ = new Clustering(4, 2, new ClusteringParameters { MinPointsPerCentroid = 0 })),
            ("parameters", () => _ = new Clustering(4, 2, new ClusteringParameters { MaxPointsPerCentroid = 0 })),
            ("parameters", () => _ = new Clustering(4, 2, new ClusteringParameters { DecodeBlockSize = 0 })),
            ("parameters", () => _ = new Clustering(4, 2, new ClusteringParameters { Seed = -1 })));
        yield return new(
            "Clustering.KMeansClustering(points, dimension, centroids)",
            ("points", () => Clustering.KMeansClustering(new float[5], 4, new float[4])),
            ("points", () => Clustering.KMeansClustering([float.NaN, 0, 0, 0], 4, new float[4])),
            ("dimension", () => Clustering.KMeansClustering([], 0, [])),
            ("centroids", () => Clustering.KMeansClustering(new float[4], 4, new float[5])),
            ("centroids", () => Clustering.KMeansClustering(new float[4], 4, [])),
            ("centroids", () => Overlapping((points, centroids, _) => Clustering.KMeansClustering(points, 4, centroids), 8, 4)));
        yield return new(
            "Clustering.Train(points, assigner)",
            ("points", () => s.Clustering.Train(new float[5], s.Flat)),
            ("points", () => s.Clustering.Train(new float[4], s.Flat)),
            ("assigner", () => s.Clustering.Train(new float[8], s.Lists)));
        yield return new("Clustering.SetCentroids(centroids)", ("centroids", () => s.Clustering.SetCentroids(new float[7])));
        yield return new(
            "KMeans.Train(points, dimension, clusters, options, progress, cancellationToken)",
            ("points", () => KMeans.Train(new float[9], 4, 2)),
            ("points", () => KMeans.Train(new float[4], 4, 2)),
            ("dimension", () => KMeans.Train(new float[8], 0, 2)),
            ("clusters", () => KMeans.Train(new float[8], 4, 0)),
            ("options", () => KMeans.Train(new float[8], 4, 2, new KMeansOptions { Backend = (KMeansBackend)99 })));
        yield return new(
            "ManagedKMeans.Train(points, dimension, clusters, options, progress, cancellationToken)",
            ("points", () => ManagedKMeans.Train(new float[9], 4, 2)),
            ("points", () => ManagedKMeans.Train([float.NaN, 0, 0, 0, 0, 0, 0, 0], 4, 1)),
            ("dimension", () => ManagedKMeans.Train(new float[8], 0, 2)),
            ("clusters", () => ManagedKMeans.Train(new float[8], 4, 0)),
            ("options", () => ManagedKMeans.Train(new float[8], 4, 2, new KMeansOptions { MaxIterations = 0 })),
            ("options", () => ManagedKMeans.Train(new float[12], 4, 2, new KMeansOptions { InitialCentroids = new float[7] })),
            ("options", () => ManagedKMeans.Train(new float[12], 4, 2, new KMeansOptions { Weights = new float[2] })),
            ("options", () => ManagedKMeans.Train(new float[12], 4, 2, new KMeansOptions { Summation = (KMeansSummation)99 })),
            ("options", () => ManagedKMeans.Train(new float[12], 4, 2, new KMeansOptions { Initialization = (KMeansInitialization)99 })));
        yield return new("KMeansResult.GetCentroid(cluster)", ("cluster", () => s.Clusters.GetCentroid(2)), ("cluster", () => s.Clusters.GetCentroid(-1)));
        yield return new("KMeansResult.Assign(points)", ("points", () => s.Clusters.Assign(new float[5])), ("points", () => s.Clusters.Assign([float.NaN, 0, 0, 0])));
        yield return new(
            "KMeansResult.Assign(points, labels, distances)",
            ("points", () => s.Clusters.Assign(new float[5], new long[1])),
            ("labels", () => s.Clusters.Assign(new float[4], new long[2])),
            ("distances", () => s.Clusters.Assign(new float[4], new long[1], new float[2])));
    }
}
