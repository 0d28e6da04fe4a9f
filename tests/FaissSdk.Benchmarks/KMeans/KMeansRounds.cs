using System.Diagnostics;

namespace FaissSdk.Benchmarks;

/// <summary>Trains with FAISS and with the managed implementation alternately, so that the state of the machine is the same for both.</summary>
/// <param name="threads">The threads of a training.</param>
/// <param name="rounds">The rounds of each workload; 0 for as many as the budget allows.</param>
/// <param name="budget">The approximate time for a workload if <paramref name="rounds"/> is 0.</param>
/// <param name="search">The search method, or null for the one that the training chooses.</param>
internal sealed class KMeansRounds(int threads, int rounds, TimeSpan budget, string? search)
{
    public const int Seed = 1234;

    public const int UsualRounds = 5;

    // With fewer rounds an outlier could not be recognized.
    private const int MinRounds = 3;

    // Trainings of a few milliseconds need many rounds to show small differences.
    private const int MaxRounds = 51;

    public TrainingMeasurement Measure(KMeansWorkload workload)
    {
        Console.Error.WriteLine($"{(threads == 1 ? "1 thread" : $"{threads} threads")}: {workload.Label}");
        var points = workload.Create();
        var (faiss, managed) = (new List<double>(), new List<double>());
        FaissTraining? faissTraining = null;
        ManagedTraining? managedTraining = null;
        var clock = Stopwatch.StartNew();
        for (var round = 0; IsLeft(round, clock.Elapsed); round++)
        {
            // Alternates the order, because caches and clock rates differ for the first one.
            foreach (var first in (bool[])[round % 2 == 0, round % 2 != 0])
            {
                if (first)
                {
                    faissTraining = TrainFaiss(workload, points);
                    faiss.Add(faissTraining.Seconds / faissTraining.Iterations);
                }
                else
                {
                    managedTraining = TrainManaged(workload, points);
                    managed.Add(managedTraining.Seconds / workload.Iterations);
                }
            }
        }

        return new TrainingMeasurement
        {
            Name = workload.Name,
            Count = workload.Count,
            Dimension = workload.Dimension,
            Clusters = workload.Clusters,
            Iterations = workload.Iterations,
            Pruning = workload.Pruning,
            Goal = workload.Goal,
            Search = managedTraining!.Search,
            FaissIterations = faissTraining!.Iterations,
            Faiss = [.. faiss],
            Managed = [.. managed],
            Allocated = managedTraining.Allocated,
            FaissObjective = workload.IsCompared ? ExactObjective.Of(points, workload.Dimension, faissTraining.Centroids) : null,
            ManagedObjective = workload.IsCompared ? ExactObjective.Of(points, workload.Dimension, managedTraining.Centroids) : null,
        };
    }

    private bool IsLeft(int round, TimeSpan elapsed) =>
        round < MinRounds || (rounds > 0 ? round < rounds : (round < UsualRounds && elapsed < budget) || (round < MaxRounds && elapsed < budget / 25));

    private FaissTraining TrainFaiss(KMeansWorkload workload, float[] points)
    {
        var clock = WorkClock.Start(threads);
        using var clustering = new Clustering(workload.Dimension, workload.Clusters, new ClusteringParameters
        {
            Iterations = workload.Iterations,
            Seed = Seed,
            MinPointsPerCentroid = 1,
            MaxPointsPerCentroid = workload.Count,
        });
        using var index = new IndexFlatL2(workload.Dimension);
        clustering.Train(points, index);
        return new FaissTraining(clock.Seconds, clustering.CopyIterationStats().Length, clustering.CopyCentroids());
    }

    private ManagedTraining TrainManaged(KMeansWorkload workload, float[] points)
    {
        var (options, tuning) = (OptionsOf(workload), SearchName.ToTuning(search));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var clock = WorkClock.Start(threads);
        var result = ManagedKMeans.Train(points, workload.Dimension, workload.Clusters, options, tuning);
        var (seconds, allocated) = (clock.Seconds, GC.GetTotalAllocatedBytes(precise: true) - before);
        return new ManagedTraining(seconds, allocated, tuning.ToString(), result.Centroids.ToArray());
    }

    private KMeansOptions OptionsOf(KMeansWorkload workload) =>
        new()
        {
            MaxIterations = workload.Iterations,
            Seed = Seed,
            MaxPointsPerCentroid = workload.Count,
            MaxDegreeOfParallelism = threads,
            StopWhenConverged = false,
            Pruning = workload.Pruning,
        };

    private sealed record FaissTraining(double Seconds, int Iterations, float[] Centroids);

    private sealed record ManagedTraining(double Seconds, long Allocated, string Search, float[] Centroids);
}
