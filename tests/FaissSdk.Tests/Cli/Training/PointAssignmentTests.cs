using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class PointAssignmentTests
{
    private const int Dimension = 3;

    // Two blocks, of which the second has more points than a block.
    private static readonly VectorSet Points = new(TestData.Uniform((2 * 65536) + 11, Dimension), Dimension);

    [Theory]
    [InlineData(KMeansBackend.Managed)]
    [InlineData(KMeansBackend.Native)]
    public void Blocks_have_the_labels_of_one_call(KMeansBackend backend)
    {
        Assert.SkipUnless(backend == KMeansBackend.Managed || Native.IsAvailable, Native.Missing);
        var result = Train(backend);
        var (labels, distances) = (new long[Points.Count], new float[Points.Count]);
        var (expected, expectedDistances) = (new long[Points.Count], new float[Points.Count]);
        result.Assign(Points.Values, expected, expectedDistances);

        PointAssignment.Assign(result, Points, labels, distances, TestContext.Current.CancellationToken);

        Assert.Equal(expected, labels);
        Assert.Equal(expectedDistances, distances);
        Assert.Equal(expected, PointAssignment.Assign(result, Points, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_last_block_takes_the_rest()
    {
        var blocks = PointAssignment.Blocks((3 * 4096) + 1, 4096, 4096, CancellationToken.None);

        Assert.Equal([(0, 4096), (4096, 8192), (8192, 12289)], blocks);
    }

    [Fact]
    public void A_cancellation_ends_it_after_the_block_under_way()
    {
        using var source = new CancellationTokenSource();
        var blocks = 0;

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in PointAssignment.Blocks(1_000_000, 128, 4096, source.Token))
            {
                blocks++;
                source.Cancel();
            }
        });

        Assert.Equal(1, blocks);
    }

    [Fact]
    public void A_canceled_comparison_assigns_nothing()
    {
        var result = Train(KMeansBackend.Managed);
        var run = new TrainingRun(result, result.Iterations, 1);

        Assert.Throws<OperationCanceledException>(() => BackendComparison.Compare(Points, run, run, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_point_that_is_too_large_is_named_by_its_number_among_all()
    {
        var points = new VectorSet((float[])Points.Values.Clone(), Dimension);
        points.Values[100_000 * Dimension] = 1e30f;

        var message = Assert.Throws<ArgumentException>(() => PointAssignment.Assign(Train(KMeansBackend.Managed), points, CancellationToken.None)).Message;

        Assert.Contains("(number 100000)", message, StringComparison.Ordinal);
    }

    private static KMeansResult Train(KMeansBackend backend) =>
        KMeans.Train(Points.Values, Dimension, 20, new KMeansOptions { Backend = backend, MaxIterations = 2 });
}
