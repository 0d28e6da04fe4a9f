namespace FaissSdk.Tests.Arguments;

/// <content>K-means of points that come in blocks.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Blocks()
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
    }
}
