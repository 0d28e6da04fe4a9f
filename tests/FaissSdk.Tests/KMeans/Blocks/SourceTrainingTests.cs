using FsCheck;

namespace FaissSdk.Tests.KMeansTests;

public class SourceTrainingTests
{
    private static readonly KMeansOptions All = new() { MaxPointsPerCentroid = int.MaxValue, Backend = KMeansBackend.Managed };

    [Cases]
    public Property A_source_gives_the_bits_of_memory(KMeansCase of) => SourceLaw.Check(of with { Summation = (KMeansSummation)(of.Seed % 3) }).ToProperty();

    [Theory]
    [InlineData(null)]
    [InlineData(3_000_000L)]
    public void Bounds_that_cover_a_part_of_the_vectors_change_no_bit(long? limit)
    {
        var points = TestData.Clustered(60_000, 24, 150);
        var options = All with { MaxIterations = 12 };
        var expected = ManagedKMeans.Train(points, 24, 128, options);
        var found = ManagedKMeans.Train(VectorSequence.FromMemory(points, 24), 128, options, new() { MemoryLimit = limit });
        Assert.Equal(expected.Centroids, found.Centroids);
        Assert.Equal(expected.Iterations.Select(iteration => iteration.Objective), found.Iterations.Select(iteration => iteration.Objective));
    }

    [Fact]
    public void A_sample_of_a_source_is_that_of_memory()
    {
        Native.Require();
        var points = TestData.Uniform(5000, 8);
        var expected = KMeans.Train(points, 8, 10);
        var found = KMeans.Train(VectorSequence.FromMemory(points, 8), 10);
        Assert.Equal((2560, 5000, KMeansBackend.Native), (found.PointsUsed, found.PointCount, found.Backend));
        Assert.Equal(expected.Centroids, found.Centroids);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sample_with_a_checkpoint_starts_by_k_means_plus_plus(bool center)
    {
        using var folder = new TemporaryFolder();
        var points = TestData.Clustered(3000, 8, 20);
        var options = new KMeansOptions { MaxPointsPerCentroid = 100, Initialization = KMeansInitialization.KMeansPlusPlus, Center = center, Redos = 2, Backend = KMeansBackend.Managed };
        var found = ManagedKMeans.Train(VectorSequence.FromMemory(points, 8), 10, options, new() { CheckpointPath = folder.File("checkpoint") });
        Assert.Equal(ManagedKMeans.Train(points, 8, 10, options).Centroids, found.Centroids);
        Assert.Equal(1000, found.PointsUsed);
    }

    [Fact]
    public void A_weighted_sample_with_a_checkpoint_has_the_mean_of_memory()
    {
        const int Count = 10_000, Dimension = 64, Used = 1000;
        var weights = Array.ConvertAll(TestData.Uniform(Count, 1, seed: 5), value => 1 + value);
        var options = new KMeansOptions { MaxPointsPerCentroid = 100, Weights = weights, Center = true, MaxIterations = 1, Backend = KMeansBackend.Managed };

        // The points of the sample have equal weights, and their mean is halfway between two numbers.
        var sampled = TrainingWeights.Of(weights).Sample(Used, options.Seed, out var rows);
        Assert.False(sampled.Values.ContainsAnyExcept(sampled.Values[0]));
        var points = TestData.Uniform(Count, Dimension);
        for (var i = 0; i < Used; i++)
        {
            for (var j = 0; j < Dimension; j++)
            {
                var value = 1 + (j / 1000f);
                points[(rows[i] * Dimension) + j] = i < Used / 2 ? value : MathF.BitIncrement(value);
            }
        }

        using var folder = new TemporaryFolder();
        var found = ManagedKMeans.Train(VectorSequence.FromMemory(points, Dimension), 10, options, new() { CheckpointPath = folder.File("checkpoint") });
        Assert.Equal(ManagedKMeans.Train(points, Dimension, 10, options).Mean, found.Mean);
    }

    [Fact]
    public void Half_and_byte_vectors_are_converted()
    {
        var bytes = Array.ConvertAll(TestData.Uniform(3000, 6), value => (byte)(value * 255));
        var expected = ManagedKMeans.Train(Array.ConvertAll(bytes, value => (float)value), 6, 9, All);
        ReadOnlyMemory<Half> halves = Array.ConvertAll(bytes, value => (Half)value);
        VectorSequence[] sources =
        [
            VectorSequence.FromMemory((ReadOnlyMemory<byte>)bytes, 6), VectorSequence.FromMemory(halves, 6),
            VectorSequence.FromBlocks(() => [(ReadOnlyMemory<byte>)bytes.AsMemory(0, 600), bytes.AsMemory(600)], 6), VectorSequence.FromBlocks(() => [halves[..6], halves[6..]], 6),
        ];
        Assert.All(sources, source => Assert.Equal(expected.Centroids, ManagedKMeans.Train(source, 9, All).Centroids));
    }

    [Fact]
    public void Training_stops_when_the_objective_hardly_changes()
    {
        var points = TestData.Uniform(4000, 8);
        var result = ManagedKMeans.Train(points, 8, 16, All with { MaxIterations = 100, RelativeTolerance = 0.001 });
        Assert.True(result.Converged);
        Assert.InRange(result.Iterations.Count, 2, 60);
        for (var i = 1; i < result.Iterations.Count; i++)
        {
            var (before, after) = ((double)result.Iterations[i - 1].Objective, (double)result.Iterations[i].Objective);
            Assert.Equal(i == result.Iterations.Count - 1, Math.Abs(after - before) <= 0.001 * before);
        }
    }

    [Fact]
    public void Mini_batches_follow_the_rule_of_Sculley()
    {
        const int Count = 1000, Dimension = 5, Clusters = 7, Batch = 130;
        var points = TestData.Uniform(Count, Dimension);
        var options = All with { MaxIterations = 3, InitialCentroids = points.AsMemory(0, Clusters * Dimension), StopWhenConverged = false };
        var found = ManagedKMeans.Train(VectorSequence.FromMemory(points, Dimension), Clusters, options, new() { BatchSize = Batch });

        // D. Sculley, Web-scale k-means clustering, algorithm 1: a counter for each center, and a gradient step for each vector.
        var centers = Array.ConvertAll(options.InitialCentroids.ToArray(), value => (double)value);
        var counts = new int[Clusters];
        for (var pass = 0; pass < 3; pass++)
        {
            for (var start = 0; start < Count; start += Batch)
            {
                var batch = Enumerable.Range(start, Math.Min(Batch, Count - start)).ToArray();
                double Distance(int i, int c) => Enumerable.Range(0, Dimension).Sum(j => Math.Pow(points[(i * Dimension) + j] - centers[(c * Dimension) + j], 2));
                var nearest = Array.ConvertAll(batch, i => Enumerable.Range(0, Clusters).MinBy(c => Distance(i, c)));
                foreach (var (i, c) in batch.Zip(nearest))
                {
                    var rate = 1.0 / ++counts[c];
                    for (var j = 0; j < Dimension; j++)
                    {
                        centers[(c * Dimension) + j] += rate * (points[(i * Dimension) + j] - centers[(c * Dimension) + j]);
                    }
                }
            }
        }

        for (var i = 0; i < centers.Length; i++)
        {
            Assert.Equal(centers[i], found.Centroids[i], 1e-5);
        }
    }

    [Fact]
    public void Mini_batches_do_not_depend_on_threads_or_blocks_and_go_on_after_an_interruption()
    {
        var points = TestData.Clustered(3000, 6, 12);
        var options = All with { MaxIterations = 6, MaxDegreeOfParallelism = 1 };
        var expected = ManagedKMeans.Train(VectorSequence.FromMemory(points, 6), 10, options, new() { BatchSize = 333 });
        using var folder = new TemporaryFolder();
        var sourceOptions = new KMeansSourceOptions { BatchSize = 333, CheckpointPath = folder.File("checkpoint") };
        using var ending = new CancellationTokenSource();
        var source = VectorSequence.FromBlocks(() => points.Chunk(77 * 6).Select(chunk => (ReadOnlyMemory<float>)chunk), 6);
        Assert.ThrowsAny<OperationCanceledException>(() => ManagedKMeans.Train(source, 10, options, sourceOptions, new SourceTuning(null, 256), new Immediate(step => { if (step.Iteration == 2) { ending.Cancel(); } }), ending.Token));
        var found = ManagedKMeans.Train(source, 10, options with { MaxDegreeOfParallelism = 3 }, sourceOptions, new SourceTuning(null, 512));
        Assert.Equal(expected.Centroids, found.Centroids);
        Assert.Equal(expected.Iterations.Select(step => step.Objective), found.Iterations.Select(step => step.Objective));
    }

    [Fact]
    public void A_training_that_was_killed_goes_on_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var run = ChildProcess.Run(path => TrainOnThousands(path, new Immediate(step =>
        {
            if (step.Iteration == 3)
            {
                System.Diagnostics.Process.GetCurrentProcess().Kill();
            }
        })), folder.File("checkpoint"));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal(["checkpoint"], folder.Names);
        var reported = new List<int>();
        var found = TrainOnThousands(folder.File("checkpoint"), new Immediate(step => reported.Add(step.Iteration)));
        var expected = TrainOnThousands(null, null);
        Assert.Equal(4, reported[0]);
        Assert.Equal(expected.Centroids, found.Centroids);
        Assert.Equal(expected.Objective, found.Objective);

        // The finished checkpoint answers at once.
        reported.Clear();
        Assert.Equal(expected.Centroids, TrainOnThousands(folder.File("checkpoint"), new Immediate(step => reported.Add(step.Iteration))).Centroids);
        Assert.Empty(reported);
    }

    private static KMeansResult TrainOnThousands(string? checkpoint, IProgress<KMeansIteration>? progress) => ManagedKMeans.Train(
        VectorSequence.FromMemory(TestData.Uniform(20_000, 8), 8), 50, All with { MaxIterations = 10 }, new() { CheckpointPath = checkpoint }, progress);
}
