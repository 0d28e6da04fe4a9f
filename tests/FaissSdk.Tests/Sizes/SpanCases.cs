namespace FaissSdk.Tests.Sizes;

/// <summary>Lists the calls that reflection cannot do, because an argument is a span.</summary>
internal static class SpanCases
{
    private const int Dimension = 8;

    public static IEnumerable<ExtremeCase> All(DocumentedExceptions documentation)
    {
        var (queries, vectors) = (TestData.Uniform(3, Dimension), TestData.Uniform(400, Dimension));
        foreach (var (name, create) in ExtremeTargets.Of(typeof(FaissIndex)))
        {
            foreach (int k in ExtremeValues.Of(typeof(int)))
            {
                yield return Case($"{name} Search(k: {k})", nameof(FaissIndex.Search), create, index => index.Search(queries, k));
                yield return Case($"{name} Search(k: {k}) of one", nameof(FaissIndex.Search), create, index => index.Search(queries.AsSpan(0, Dimension), k, new float[5], new long[5]));
                yield return Case($"{name} Assign(k: {k})", nameof(FaissIndex.Assign), create, index => index.Assign(queries, k));
            }

            foreach (float radius in ExtremeValues.Of(typeof(float)))
            {
                yield return Case($"{name} RangeSearch(radius: {radius})", nameof(FaissIndex.RangeSearch), create, index => index.RangeSearch(queries, radius));
            }

            foreach (long id in ExtremeValues.Of(typeof(long)))
            {
                yield return Case($"{name} Reconstruct(id: {id}) to a span", nameof(FaissIndex.Reconstruct), create, index => index.Reconstruct(id, new float[Dimension]));
                yield return Case($"{name} TryReconstruct(id: {id})", nameof(FaissIndex.TryReconstruct), create, index => index.TryReconstruct(id, new float[Dimension]));
                yield return Case($"{name} ReconstructRange(first: {id}) to a span", nameof(FaissIndex.ReconstructRange), create, index => index.ReconstructRange(id, new float[2 * Dimension]));
                yield return Case($"{name} ComputeResidual(id: {id})", nameof(FaissIndex.ComputeResidual), create, index => index.ComputeResidual(queries.AsSpan(0, Dimension), id, new float[Dimension]));
                yield return Case($"{name} ComputeResiduals(id: {id})", nameof(FaissIndex.ComputeResiduals), create, index => index.ComputeResiduals(queries.AsSpan(0, Dimension), [id], new float[Dimension]));
                yield return Case($"{name} AddWithIds(id: {id})", nameof(FaissIndex.AddWithIds), create, index =>
                {
                    index.AddWithIds(queries.AsSpan(0, Dimension), [id]);
                    index.Search(queries, 500);
                });
            }
        }

        foreach (int number in ExtremeValues.Of(typeof(int)))
        {
            yield return Static(typeof(KMeans), nameof(KMeans.Train), $"KMeans.Train(dimension: {number})", () => KMeans.Train(vectors, number, 4));
            yield return Static(typeof(KMeans), nameof(KMeans.Train), $"KMeans.Train(clusters: {number})", () => KMeans.Train(vectors, Dimension, number));
            yield return Static(typeof(ManagedKMeans), nameof(ManagedKMeans.Train), $"ManagedKMeans.Train(dimension: {number})", () => ManagedKMeans.Train(vectors, number, 4));
            yield return Static(typeof(ManagedKMeans), nameof(ManagedKMeans.Train), $"ManagedKMeans.Train(clusters: {number})", () => ManagedKMeans.Train(vectors, Dimension, number));
            yield return Static(typeof(Clustering), nameof(Clustering.KMeansClustering), $"KMeansClustering(dimension: {number})", () => Clustering.KMeansClustering(vectors, number, new float[16]));
            yield return Static(typeof(VectorDistances), nameof(VectorDistances.PairwiseL2Squared), $"PairwiseL2Squared(dimension: {number})", () => VectorDistances.PairwiseL2Squared(queries, queries, number, new float[9]));
            yield return Static(typeof(VectorDistances), nameof(VectorDistances.PairwiseL2Squared), $"PairwiseL2Squared(queryStride: {number})", () => VectorDistances.PairwiseL2Squared(queries, number, queries, Dimension, Dimension, new float[9], 3));
            yield return Static(typeof(VectorDistances), nameof(VectorDistances.PairwiseL2Squared), $"PairwiseL2Squared(distanceStride: {number})", () => VectorDistances.PairwiseL2Squared(queries, Dimension, queries, Dimension, Dimension, new float[9], number));
            yield return Static(typeof(VectorDistances), nameof(VectorDistances.NormsL2), $"NormsL2(dimension: {number})", () => VectorDistances.NormsL2(queries, number, new float[3]));
            yield return Static(typeof(VectorDistances), nameof(VectorDistances.RenormalizeL2), $"RenormalizeL2(dimension: {number})", () => VectorDistances.RenormalizeL2(TestData.Uniform(3, Dimension), number));
            foreach (var set in (Func<ClusteringParameters>[])
            [
                () => new() { Iterations = number }, () => new() { Redos = number }, () => new() { MinPointsPerCentroid = number }, () => new() { MaxPointsPerCentroid = number },
                () => new() { Seed = number }, () => new() { DecodeBlockSize = number },
            ])
            {
                yield return Static(typeof(Clustering), ".ctor", $"Clustering({set()})", () => Train(set()));
            }
        }

        ExtremeCase Case(string name, string method, Func<object> create, Action<FaissIndex> call) => new(
            name,
            () =>
            {
                using var index = (FaissIndex)create();
                call(index);
            },
            documentation.Of(typeof(FaissIndex).GetMethods().First(candidate => candidate.Name == method)));

        ExtremeCase Static(Type type, string method, string name, Action call) =>
            new(name, call, documentation.Of(method == ".ctor" ? type.GetConstructors()[0] : type.GetMethods().First(candidate => candidate.Name == method)));
    }

    // So many iterations are valid, but take too long here.
    private static void Train(ClusteringParameters parameters)
    {
        using var clustering = new Clustering(Dimension, 4, parameters);
        if (parameters is { Iterations: <= 1000, Redos: <= 1000 })
        {
            ExtremeTargets.Use(clustering);
        }
    }
}
