using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>FAISS before 1.14.2 draws for a split until a cluster is found, and later versions and the managed k-means at most 10·k times.</summary>
public sealed class LongSplitTests : IDisposable
{
    private const int Values = 20;
    private const int Clusters = 300;

    private static readonly float[] Points = [.. Enumerable.Range(0, 4000).Select(i => 10f * (i % Values))];

    // Of equal points, all but 20 clusters are empty: about one start in 200 needs more draws for one of the splits.
    private static readonly Lazy<int> Seed = new(() => Enumerable.Range(0, 5000).First(seed =>
    {
        var labels = new long[Points.Length];
        ManagedCentroidAssigner.Instance.Assign(Points, RandomSample.InitialCentroids(Points, 1, Clusters, seed, 0), 1, false, labels, []);
        var sizes = new double[Clusters];
        Array.ForEach(labels, label => sizes[label]++);
        return FirstDifferent(sizes) >= 0;
    }));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_number_of_draws_decides_which_clusters_are_split()
    {
        var sizes = new double[Clusters];
        sizes.AsSpan(0, Values).Fill(200);
        Assert.NotEqual(-1, FirstDifferent(sizes));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_native_library_without_the_limit_of_draws_is_not_reported(bool integers, bool center)
    {
        var run = Verify(new KMeansOptions { Seed = Seed.Value, IntegerCentroids = integers, Center = center }, new Drawing(int.MaxValue, int.MaxValue));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("drew more than 10·k times for a split, as FAISS before 1.14.2 does, and its update follows from these draws", run.Output, StringComparison.Ordinal);
        Assert.Contains("they diverge in iteration 0: FAISS before 1.14.2 draws more than 10·k times for a split; neither backend is at fault", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(int.MaxValue, CentroidUpdate.MaxRounds)]
    [InlineData(CentroidUpdate.MaxRounds, int.MaxValue)]
    [InlineData(1, int.MaxValue)]
    public void Other_draws_than_those_of_the_version_are_a_fault(int drawn, int expected)
    {
        var run = Verify(new KMeansOptions { Seed = Seed.Value }, new Drawing(drawn, expected));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAILED  centroids, splits", run.Output, StringComparison.Ordinal);
        Assert.Contains("verdict: native and managed DISAGREE on this data: ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("single", true)]
    [InlineData("double", false)]
    public void Native_and_managed_agree_with_every_version(string sums, bool isUpdatedByFaiss)
    {
        Tests.Native.Require();
        VectorFile.Write(_folder.File("points.fvecs"), Points, 1);
        var run = CommandRun.Of("verify", "--input", _folder.File("points.fvecs"), "--clusters", $"{Clusters}", "--seed", $"{Seed.Value}", "--iterations", "3", "--sums", sums);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(isUpdatedByFaiss && !FaissLibrary.IsAtLeast(1, 14, 2), run.Output.Contains("drew more than 10·k times", StringComparison.Ordinal));
    }

    private static int FirstDifferent(double[] sizes)
    {
        var (limited, unlimited) = (Split(CentroidUpdate.MaxRounds), Split(int.MaxValue));
        return Enumerable.Range(0, Clusters).FirstOrDefault(cluster => limited[cluster] != unlimited[cluster] && sizes[cluster] == 0, -1);

        float[] Split(int rounds)
        {
            var numbers = Array.ConvertAll(Enumerable.Range(1, Clusters).ToArray(), number => (float)number);
            CentroidUpdate.SplitIntoEmpty((double[])sizes.Clone(), Points.Length, 1, numbers, CancellationToken.None, rounds);
            return numbers;
        }
    }

    private static CommandRun Verify(KMeansOptions options, Drawing reference)
    {
        using var output = new StringWriter();
        var request = new VerifyRequest(new VectorSource("points.fvecs"), Clusters, options with { MaxIterations = 3 });
        var exitCode = VerifyJob.Run(request, new VectorSet(Points, 1), reference, CommandConsole.ForWriters(output, TextWriter.Null), CancellationToken.None);
        return new CommandRun(exitCode, output.ToString(), "");
    }

    /// <summary>Stands in for a FAISS that makes at most a number of rounds of draws, and that is expected to make another.</summary>
    private sealed class Drawing(int drawn, int expected) : IReferenceKMeans
    {
        public string Description => "a stand-in";

        public int SplitRounds => expected;

        public IKMeansEngine CreateEngine(int dimension, int clusters, KMeansOptions options) => new Engine(dimension, clusters, options, drawn);

        public float[] InitialCentroids(ReadOnlySpan<float> points, int dimension, int clusters, KMeansOptions options)
        {
            using var engine = CreateEngine(dimension, clusters, options);
            engine.Start(points, [], 0, []);
            return engine.CopyCentroids();
        }
    }

    private sealed class Engine(int dimension, int clusters, KMeansOptions options, int rounds) : IKMeansEngine
    {
        private readonly LloydUpdate _update = new(dimension, clusters, options);
        private float[] _centroids = [];

        public KMeansBackend Backend => KMeansBackend.Native;

        public ICentroidAssigner Assigner => ManagedCentroidAssigner.Instance;

        public void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids, float[]? pointNorms = null)
        {
            _centroids = initialCentroids.IsEmpty ? RandomSample.InitialCentroids(points, dimension, clusters, options.Seed, redo) : initialCentroids.ToArray();
            _update.PostProcess(_centroids);
        }

        public LloydStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken)
        {
            var (labels, distances) = (new long[points.Length / dimension], new float[points.Length / dimension]);
            Assigner.Assign(points, _centroids, dimension, options.Spherical, labels, distances);
            _centroids = new float[_centroids.Length];
            var sizes = CentroidMeans.Compute(points, Array.ConvertAll(labels, label => (int)label), dimension, _centroids, isDouble: false, 1, cancellationToken);
            var imbalance = CentroidUpdate.Imbalance(sizes);
            var splits = CentroidUpdate.SplitIntoEmpty(sizes, labels.Length, dimension, _centroids, cancellationToken, rounds);
            _update.PostProcess(_centroids);
            return new LloydStep(distances.Sum(), imbalance, splits);
        }

        public float[] CopyCentroids() => (float[])_centroids.Clone();

        public void Dispose()
        {
        }
    }
}
