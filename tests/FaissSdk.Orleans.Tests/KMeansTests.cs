using FsCheck.Xunit;

namespace FaissSdk.Orleans.Tests;

/// <summary>A k-means on the silos of a cluster has the result of one machine, bit for bit.</summary>
public sealed class KMeansTests(TestCluster cluster)
{
    [Fact]
    public async Task Points_on_silos_give_the_bits_of_one_machine()
    {
        var points = TestVectors.Random(9001, 48);
        var options = new KMeansOptions { MaxIterations = 12, MaxPointsPerCentroid = int.MaxValue };
        var set = await StoreAsync(cluster.Faiss, points, 48, [2000, 3555, 3446]);
        var reports = 0;
        var found = await set.TrainAsync(64, options, progress: new Reports(_ => reports++));
        AssertSame(ManagedKMeans.Train(points, 48, 64, options), found);
        Assert.Equal(12, reports);
    }

    [Property(MaxTest = 25)]
    public bool Any_cut_gives_the_bits_of_one_machine(int seed)
    {
        var random = new Random(seed);
        var (dimension, count, clusters) = (1 + random.Next(20), 40 + random.Next(400), 1 + random.Next(12));
        var points = TestVectors.Random(count, dimension, seed);
        if (random.Next(3) == 0)
        {
            // Few different points leave clusters empty, which are then refilled by splits.
            points = [.. Enumerable.Range(0, count).SelectMany(i => points.AsSpan(i % 5 * dimension, dimension).ToArray())];
        }

        var options = new KMeansOptions
        {
            MaxIterations = 1 + random.Next(4),
            Redos = 1 + random.Next(2),
            Seed = random.Next(100),
            Spherical = random.Next(4) == 0,
            Summation = (KMeansSummation)random.Next(3),
            MaxPointsPerCentroid = random.Next(4) == 0 ? 3 : int.MaxValue,
            Weights = random.Next(2) == 0 ? default : Enumerable.Range(0, count).Select(i => i % 3 == 0 ? 0 : random.NextSingle() * 4).ToArray(),
        };
        var parts = new int[1 + random.Next(5)];
        for (var i = 0; i < count; i++)
        {
            parts[random.Next(parts.Length)]++;
        }

        return SameAsync(points, dimension, clusters, parts, options, new KMeansDistribution { ClustersPerBlock = 1 + random.Next(clusters) }).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task Sums_of_separate_parts_are_close_but_rounded_otherwise()
    {
        var points = TestVectors.Random(3000, 16);
        var options = new KMeansOptions { MaxIterations = 5, MaxPointsPerCentroid = int.MaxValue };
        var set = await StoreAsync(cluster.Faiss, points, 16, [1000, 1500, 500]);
        var expected = ManagedKMeans.Train(points, 16, 20, options);
        var found = await set.TrainAsync(20, options, new KMeansDistribution { AddsPartsSeparately = true });
        Assert.False(expected.Centroids.SequenceEqual(found.Centroids));
        Assert.Equal(expected.Objective, found.Objective, expected.Objective * 1e-3f);
    }

    [Fact]
    public async Task A_training_goes_on_from_its_checkpoint()
    {
        var points = TestVectors.Random(2000, 8);
        var options = new KMeansOptions { MaxIterations = 9, MaxPointsPerCentroid = int.MaxValue, StopWhenConverged = false };
        var set = await StoreAsync(cluster.Faiss, points, 8, [900, 1100]);
        var path = Path.Combine(cluster.Store.Folder, "checkpoint");
        using var stop = new CancellationTokenSource();
        var distribution = new KMeansDistribution { CheckpointPath = path };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => set.TrainAsync(16, options, distribution, new Reports(iteration =>
        {
            if (iteration.Iteration == 4)
            {
                stop.Cancel();
            }
        }), stop.Token));
        var left = 0;
        AssertSame(ManagedKMeans.Train(points, 8, 16, options), await set.TrainAsync(16, options, distribution, new Reports(_ => left++)));
        Assert.Equal(4, left);
    }

    [Fact]
    public async Task A_silo_that_dies_in_an_iteration_changes_no_bit()
    {
        await using var own = await TestCluster.StartAsync();
        var points = TestVectors.Random(6000, 32);
        var options = new KMeansOptions { MaxIterations = 10, MaxPointsPerCentroid = int.MaxValue, StopWhenConverged = false };
        var set = await StoreAsync(own.Faiss, points, 32, [1000, 2000, 500, 1500, 1000]);
        var kills = new List<Task>();
        // Silos of one process keep their connections when they are killed.
        var found = await set.TrainAsync(40, options, new KMeansDistribution { RepeatAfter = TimeSpan.FromSeconds(1) }, new Reports(iteration =>
        {
            if (iteration.Iteration == 3)
            {
                // While the next iteration is under way.
                kills.Add(Task.Run(() => own.KillAsync(own.Cluster.Silos[^1])));
            }
        }));
        await Task.WhenAll(kills);
        await Assert.Single(kills);
        AssertSame(ManagedKMeans.Train(points, 32, 40, options), found);
    }

    [Fact]
    public async Task Points_that_were_changed_are_refused()
    {
        var set = await StoreAsync(cluster.Faiss, TestVectors.Random(100, 4), 4, [50, 50]);
        var file = Directory.EnumerateFiles(cluster.Store.Folder, "*.seg", SearchOption.AllDirectories).First(file => file.Contains($"/{set.Name}/part-00001", StringComparison.Ordinal));
        var content = await File.ReadAllBytesAsync(file);
        content[100] ^= 1;
        await File.WriteAllBytesAsync(file, content);
        var error = await Assert.ThrowsAsync<ShardDamagedException>(() => set.TrainAsync(4));
        Assert.Contains("add its vectors again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_that_is_not_sealed_is_not_trained_on()
    {
        var set = await cluster.Faiss.CreatePointSetAsync(TestVectors.NewName(), 4, 2);
        var error = await Assert.ThrowsAsync<CollectionConflictException>(() => set.TrainAsync(4));
        Assert.Contains("call SealAsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_of_the_same_name_is_refused()
    {
        var set = await cluster.Faiss.CreatePointSetAsync(TestVectors.NewName(), 4, 2);
        await Assert.ThrowsAsync<CollectionConflictException>(() => cluster.Faiss.CreatePointSetAsync(set.Name, 4, 2));
    }

    private static async Task<PointSet> StoreAsync(FaissCluster faiss, float[] points, int dimension, int[] parts)
    {
        var set = await faiss.CreatePointSetAsync(TestVectors.NewName(), dimension, parts.Length);
        var start = 0;
        for (var part = 0; part < parts.Length; part++)
        {
            // In two calls, so that the order of blocks matters.
            var half = parts[part] / 2;
            await set.AppendAsync(part, points.AsMemory(start * dimension, half * dimension));
            await set.AppendAsync(part, points.AsMemory((start + half) * dimension, (parts[part] - half) * dimension));
            start += parts[part];
        }

        await set.SealAsync();
        return set;
    }

    private async Task<bool> SameAsync(float[] points, int dimension, int clusters, int[] parts, KMeansOptions options, KMeansDistribution distribution)
    {
        var set = await StoreAsync(cluster.Faiss, points, dimension, parts);
        AssertSame(ManagedKMeans.Train(points, dimension, clusters, options), await set.TrainAsync(clusters, options, distribution));
        return true;
    }

    private static void AssertSame(KMeansResult expected, KMeansResult found)
    {
        Assert.Equal(expected.Centroids, found.Centroids);
        Assert.Equal(expected.Iterations.Select(Figures), found.Iterations.Select(Figures));
        Assert.Equal(expected.Converged, found.Converged);
    }

    private static (int, int, float, double, int) Figures(KMeansIteration iteration) => (iteration.Redo, iteration.Iteration, iteration.Objective, iteration.Imbalance, iteration.Splits);

    private sealed class Reports(Action<KMeansIteration> report) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => report(value);
    }
}
