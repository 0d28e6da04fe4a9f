namespace FaissSdk.Tests.KMeansTests;

/// <summary>Represents FAISS trained in one call.</summary>
/// <param name="Train">The training, given points, dimension, clusters and options.</param>
/// <param name="InitialCentroids">The initial centroids, given the same arguments.</param>
internal sealed record NativeTraining(Func<float[], int, int, KMeansOptions, OneCall> Train, Func<float[], int, int, KMeansOptions, float[]> InitialCentroids)
{
    public static readonly NativeTraining Real = new(OneCall.Train, OneCall.InitialCentroids);
}
