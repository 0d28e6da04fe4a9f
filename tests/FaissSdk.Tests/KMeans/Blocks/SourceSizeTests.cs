namespace FaissSdk.Tests.KMeansTests;

/// <summary>Sizes that arrays do not hold are refused before a source is read.</summary>
public class SourceSizeTests
{
    private static readonly KMeansOptions All = new() { MaxPointsPerCentroid = int.MaxValue };

    [Theory]
    [InlineData(128, 65_536, 255)]
    [InlineData(768, 10_923, 255)]
    [InlineData(3072, 2731, 255)]
    public async Task A_sample_that_an_array_does_not_hold_is_refused(int dimension, int clusters, int most)
    {
        var error = Assert.Throws<ArgumentException>("options", () => ManagedKMeans.Train(new Announcing(dimension, 100_000_000), clusters));
        Assert.Contains("MaxPointsPerCentroid is 256: a sample of ", error.Message, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"at most {most}, or to int.MaxValue"), error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<ArgumentException>("options", () => ManagedKMeans.TrainAsync(new CountedParts(20_000_000, dimension), clusters));
        Assert.Contains(FormattableString.Invariant($"at most {most}, or to int.MaxValue"), error.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => ManagedKMeans.Train(new Announcing(dimension, 100_000_000), clusters, new() { MaxPointsPerCentroid = most }));
        Assert.Throws<FileNotFoundException>(() => ManagedKMeans.Train(new Announcing(dimension, 100_000_000), clusters, All));
        Assert.Throws<FileNotFoundException>(() => ManagedKMeans.Train(new Announcing(dimension, 500_000), clusters));
    }

    [Theory]
    [InlineData(1 << 20, 2048)]
    [InlineData((1 << 20) - 1, 2048)]
    [InlineData(int.MaxValue, 1)]
    public async Task Centroids_that_an_array_does_not_hold_are_refused(int clusters, int dimension)
    {
        var error = Assert.Throws<ArgumentException>(nameof(clusters), () => ManagedKMeans.Train(new Announcing(dimension, int.MaxValue), clusters, All));
        Assert.Contains(FormattableString.Invariant($"clusters is {clusters}: so many centroids of {dimension} dimensions have more components than an array holds."), error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(nameof(clusters), () => ManagedKMeans.TrainAsync(new CountedParts(int.MaxValue, dimension), clusters, All));
    }

    [Theory]
    [InlineData(int.MaxValue + 1L)]
    [InlineData(3_000_000_000)]
    [InlineData(long.MaxValue)]
    public void A_source_of_more_vectors_than_a_training_takes_is_refused(long count)
    {
        var error = Assert.Throws<ArgumentException>("source", () => ManagedKMeans.Train(new Announcing(4, count), 5, All));
        Assert.Contains(FormattableString.Invariant($"source has {count} vectors; a training takes at most {int.MaxValue}."), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_of_points_that_an_array_does_not_hold_are_refused()
    {
        var part = new KMeansPart(new float[1 << 20], 1 << 20);
        Assert.Throws<ArgumentException>("rows", () => part.CopyPoints(new int[2048]));
    }

    /// <summary>Announces vectors that cannot be read.</summary>
    private sealed class Announcing(int dimension, long count) : VectorSequence(dimension)
    {
        public override long? Count => count;

        public override VectorReader Open(CancellationToken cancellationToken) => throw new FileNotFoundException();
    }
}
