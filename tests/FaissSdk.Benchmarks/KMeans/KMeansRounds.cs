using System.Diagnostics;

namespace FaissSdk.Benchmarks;

/// <summary>Trains by FAISS and by the managed implementation in turns, so that the machine is the same for both.</summary>
internal sealed class KMeansRounds(int threads, int rounds, TimeSpan budget)
{
    // Of fewer, none could be an outlier.
    private const int FewestRounds = 3;

    // Trainings of milliseconds are told apart by many of them.
    private const int MostRounds = 51;

    private const int Seed = 1234;

    public TrainingMeasurement Measure(KMeansWorkload workload)
    {
        Console.Error.WriteLine(FormattableString.Invariant($"{(threads == 1 ? "1 thread" : $"{threads} threads")}: {workload.Name}, {workload.Count:N0} × {workload.Dimension}, k = {workload.Clusters}{(workload.Pruning ? "" : ", no pruning")}"));
        var points = workload.Create();
        var (faiss, managed) = (new List<double>(), new List<double>());
        var (iterations, allocated) = (0, 0L);
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < FewestRounds || (round < rounds && clock.Elapsed < budget) || (round < MostRounds && clock.Elapsed < budget / 25); round++)
        {
            // Who comes first finds other caches and clock rates.
            foreach (var first in (bool[])[round % 2 == 0, round % 2 != 0])
            {
                if (first)
                {
                    (var seconds, iterations) = TrainFaiss(workload, points);
                    faiss.Add(seconds / iterations);
                }
                else
                {
                    (var seconds, allocated) = TrainManaged(workload, points);
                    managed.Add(seconds / workload.Iterations);
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
            FaissIterations = iterations,
            Faiss = [.. faiss],
            Managed = [.. managed],
            Allocated = allocated,
        };
    }

    private (double Seconds, int Iterations) TrainFaiss(KMeansWorkload workload, float[] points)
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
        return (clock.Seconds, clustering.CopyIterationStats().Length);
    }

    private (double Seconds, long Allocated) TrainManaged(KMeansWorkload workload, float[] points)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var clock = WorkClock.Start(threads);
        ManagedKMeans.Train(points, workload.Dimension, workload.Clusters, new KMeansOptions
        {
            Iterations = workload.Iterations,
            Seed = Seed,
            MaxPointsPerCentroid = workload.Count,
            MaxDegreeOfParallelism = threads,
            StopWhenConverged = false,
            Pruning = workload.Pruning,
        });
        return (clock.Seconds, GC.GetTotalAllocatedBytes(precise: true) - before);
    }
}
