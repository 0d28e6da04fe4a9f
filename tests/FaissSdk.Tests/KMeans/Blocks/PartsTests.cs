using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>A k-means of points that several machines hold has the result of one machine, bit for bit.</summary>
public sealed class PartsTests
{
    private static readonly int[] Threads = [1, 2, 3, 8];

    [Cases]
    public Property Parts_give_the_bits_of_one_machine(KMeansCase of)
    {
        var random = new Random(of.Seed);
        var options = new KMeansOptions
        {
            Spherical = of.Spherical,
            IntegerCentroids = of.IntegerCentroids,
            Summation = of.Summation,
            Seed = random.Next(100),
            Redos = 1 + random.Next(2),
            MaxIterations = 1 + random.Next(6),
            MaxPointsPerCentroid = random.Next(3) == 0 ? 2 : int.MaxValue,
            MaxDegreeOfParallelism = Threads[random.Next(Threads.Length)],
            Weights = random.Next(2) == 0 ? default : CasePoints.Weights(of.Count, random),
        };
        var expected = ManagedKMeans.Train(of.Points, of.Dimension, of.Clusters, options);
        var parts = new OneMachineParts(Cut(of, random), of.Dimension, [random.Next(of.Clusters), random.Next(of.Clusters)]);
        var found = ManagedKMeans.TrainAsync(parts, of.Clusters, options).GetAwaiter().GetResult();
        return Same(expected, found).Label($"{parts.Identity}, {options}");
    }

    [Fact]
    public async Task A_training_goes_on_from_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("checkpoint");
        var points = TestData.Clustered(600, 5, 7);
        var options = new KMeansOptions { MaxIterations = 8, Redos = 2, MaxPointsPerCentroid = int.MaxValue, StopWhenConverged = false };
        var iterations = 0;
        var broken = new OneMachineParts([points[..500], points[500..]], 5, [3]) { Summing = () => _ = ++iterations == 11 ? throw new IOException("The machine is gone.") : 0 };
        await Assert.ThrowsAsync<IOException>(() => ManagedKMeans.TrainAsync(broken, 9, options, path));
        var resumed = new List<KMeansIteration>();
        var result = await ManagedKMeans.TrainAsync(new OneMachineParts([points[..500], points[500..]], 5, [3]), 9, options, path, new Reports(resumed.Add));
        Assert.True(Same(ManagedKMeans.Train(points, 5, 9, options), result));
        Assert.Equal(6, resumed.Count);
    }

    [Theory]
    [InlineData(KMeansInitialization.RandomPoints, false)]
    [InlineData(KMeansInitialization.KMeansPlusPlus, true)]
    public async Task A_training_on_a_sample_goes_on_from_its_checkpoint(KMeansInitialization initialization, bool isWeighted)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("checkpoint");
        var points = TestData.Clustered(600, 5, 7);
        var weights = isWeighted ? TestData.Uniform(600, 1) : default(ReadOnlyMemory<float>);
        var options = new KMeansOptions { MaxIterations = 8, Redos = 2, MaxPointsPerCentroid = 20, StopWhenConverged = false, Initialization = initialization, Weights = weights };
        var iterations = 0;
        var broken = new Reports(iteration => _ = ++iterations == 11 ? throw new IOException("The machine is gone.") : iteration);
        await Assert.ThrowsAsync<IOException>(() => ManagedKMeans.TrainAsync(new OneMachineParts([points[..500], points[500..]], 5, [3]), 9, options, path, broken));
        var resumed = new List<KMeansIteration>();
        var result = await ManagedKMeans.TrainAsync(new OneMachineParts([points[..500], points[500..]], 5, [3]), 9, options, path, new Reports(resumed.Add));
        Assert.True(Same(ManagedKMeans.Train(points, 5, 9, options), result));
        Assert.Equal(5, resumed.Count);
    }

    [Fact]
    public void A_part_is_assigned_to_fewer_centroids_than_before()
    {
        const int Count = 20_000, Dimension = 32, Many = 4000, Few = 256;
        var points = TestData.Uniform(Count, Dimension);
        var (reused, canceled, fresh) = (new KMeansPart(points, Dimension), new KMeansPart(points, Dimension), new KMeansPart(points, Dimension));
        reused.Assign(points.AsSpan(0, Many * Dimension));
        canceled.Assign(points.AsSpan(0, Many * Dimension));
        Assert.Throws<OperationCanceledException>(() => canceled.Assign(points.AsSpan(0, Few * Dimension), null, new CancellationToken(canceled: true)));
        var expected = Sums(fresh);
        Assert.Equal(expected, Sums(reused));
        Assert.Equal(expected, Sums(canceled));

        byte[] Sums(KMeansPart part)
        {
            part.Assign(points.AsSpan(0, Few * Dimension));
            var sums = new KMeansSums(0, Few, Dimension);
            part.AddTo(sums);
            return sums.Export();
        }
    }

    [Fact]
    public async Task A_checkpoint_of_other_parts_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("checkpoint");
        var points = TestData.Clustered(600, 5, 7);
        var options = new KMeansOptions { MaxIterations = 2, MaxPointsPerCentroid = int.MaxValue };
        await ManagedKMeans.TrainAsync(new OneMachineParts([points], 5, []), 9, options, path);
        await Assert.ThrowsAsync<InvalidDataException>(() => ManagedKMeans.TrainAsync(new OneMachineParts([points[..500], points[500..]], 5, []), 9, options, path));
    }

    [Fact]
    public void Sums_of_parts_can_be_joined()
    {
        var points = TestData.Clustered(90, 4, 3);
        var (first, second) = (new KMeansPart(points.AsMemory(0, 160), 4), new KMeansPart(points.AsMemory(160), 4));
        var sums = new[] { first, second }.Select(part =>
        {
            part.Assign(points.AsSpan(0, 12));
            var own = new KMeansSums(0, 3, 4);
            part.AddTo(own);
            return own;
        }).ToArray();
        sums[0].Add(sums[1]);
        Assert.Equal(90, sums[0].Count);
    }

    [Fact]
    public void Points_of_infinite_distances_are_refused()
    {
        var part = new KMeansPart(new float[] { 1e18f, 0, 2e19f, 0 }, 2);
        var error = Assert.Throws<InvalidOperationException>(() => part.Assign([3, 0, 4, 0]));
        Assert.Contains("a point of length 2E+19", error.Message, StringComparison.Ordinal);
        new KMeansPart(new float[] { 1e18f, 0, 8e18f, 0 }, 2).Assign([3, 0, 4, 0]);
    }

    [Fact]
    public void Sums_of_other_clusters_are_refused()
    {
        Assert.Equal("other", Assert.Throws<ArgumentException>(() => new KMeansSums(0, 2, 4).Add(new KMeansSums(0, 1, 4))).ParamName);
        Assert.Equal("sums", Assert.Throws<ArgumentException>(() => new KMeansPart(new float[4], 4).AddTo(new KMeansSums(0, 1, 3))).ParamName);
        Assert.Equal("sums", Assert.Throws<ArgumentException>(() => new KMeansPart(new float[4], 4).AddTo(new KMeansSums(0, 1, 4, isWeighted: true))).ParamName);
    }

    [Fact]
    public void Damaged_sums_are_refused()
    {
        var bytes = new KMeansSums(0, 2, 3).Export();
        bytes[20] ^= 1;
        Assert.Throws<InvalidDataException>(() => KMeansSums.Import(bytes));
    }

    [Fact]
    public void A_part_that_is_not_assigned_has_no_sums() => Assert.Throws<InvalidOperationException>(() => new KMeansPart(new float[4], 4).AddTo(new KMeansSums(0, 1, 4)));

    private static List<float[]> Cut(KMeansCase of, Random random)
    {
        var parts = new List<float[]>();
        for (var start = 0; start < of.Count;)
        {
            var rows = random.Next(of.Count - start + 1);
            parts.Add(of.Points.AsSpan(start * of.Dimension, rows * of.Dimension).ToArray());
            start += rows;
        }

        return parts;
    }

    private static bool Same(KMeansResult expected, KMeansResult found) =>
        Bits(expected.Centroids).SequenceEqual(Bits(found.Centroids)) &&
        expected.Iterations.Select(Figures).SequenceEqual(found.Iterations.Select(Figures)) &&
        (expected.Converged, expected.PointsUsed, expected.TooFewPoints) == (found.Converged, found.PointsUsed, found.TooFewPoints);

    private static (int, int, float, double, int) Figures(KMeansIteration iteration) => (iteration.Redo, iteration.Iteration, iteration.Objective, iteration.Imbalance, iteration.Splits);

    private static int[] Bits(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), BitConverter.SingleToInt32Bits);

    private sealed class Reports(Action<KMeansIteration> report) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => report(value);
    }
}
