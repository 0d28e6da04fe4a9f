using System.Diagnostics;

namespace FaissSdk.Benchmarks;

/// <summary>Trains workloads with other implementations, up to three times within a time budget.</summary>
/// <param name="threads">The threads of a training.</param>
/// <param name="superKMeans">The compiled superkmeans.cpp, or null.</param>
internal sealed class OtherRounds(int threads, string? superKMeans)
{
    private const int Rounds = 3;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(40);

    public OtherTraining[] Measure(KMeansWorkload workload)
    {
        var points = workload.Create();
        return [MeasureMlNet(workload, points), .. superKMeans is null ? [] : SuperKMeansProgram.Train(superKMeans, workload, points, Rounds)];
    }

    private OtherTraining MeasureMlNet(KMeansWorkload workload, float[] points)
    {
        Console.Error.WriteLine($"  {MlNetTraining.Name}");
        var training = new MlNetTraining(workload, points);
        var (times, centroids) = (new List<double>(), Array.Empty<float>());
        for (var clock = Stopwatch.StartNew(); times.Count < Rounds && clock.Elapsed < Budget;)
        {
            (var seconds, centroids) = training.Train(threads);
            times.Add(seconds / workload.Iterations);
        }

        return new OtherTraining(MlNetTraining.Name, [.. times], workload.Iterations, ExactObjective.Of(points, workload.Dimension, centroids));
    }
}
