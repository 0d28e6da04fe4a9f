namespace FaissSdk.Tests.KMeansTests;

/// <summary>FAISS trained in one call.</summary>
/// <param name="Train">Points, dimension, clusters and options to what came of it.</param>
/// <param name="InitialCentroids">The same to the centroids it starts from.</param>
internal sealed record NativeTraining(Func<float[], int, int, KMeansOptions, OneCall> Train, Func<float[], int, int, KMeansOptions, float[]> InitialCentroids)
{
    public static readonly NativeTraining Real = new(OneCall.Train, OneCall.InitialCentroids);
}
