namespace FaissSdk.Tests.KMeansTests;

/// <summary>A source of vectors whose squared lengths exceed single precision is refused, or trained on, as the same vectors in memory are.</summary>
public class SourceMagnitudeTests
{
    private const int Count = 1000;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_long_vector_counts_only_in_the_sample(bool center, bool checkpoint)
    {
        var (trained, refused) = (0, 0);
        var options = new KMeansOptions { MaxPointsPerCentroid = 100, MaxIterations = 3, Center = center };
        for (var row = 0; row < 20; row++)
        {
            var points = TestData.Uniform(Count, 2);
            points[2 * row] = 2e19f;
            using var folder = new TemporaryFolder();
            var source = VectorSequence.FromMemory(points, 2);
            KMeansResult Train() => ManagedKMeans.Train(source, 3, options, checkpoint ? new() { CheckpointPath = folder.File("checkpoint") } : null);
            try
            {
                var expected = ManagedKMeans.Train(points, 2, 3, options);
                Assert.Equal(expected.Centroids, Train().Centroids);
                trained++;
            }
            catch (ArgumentException)
            {
                var error = Assert.Throws<ArgumentException>("source", Train);
                Assert.StartsWith("source has a vector of length ", error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(trained > 0 && refused > 0, $"{trained} trained, {refused} refused");
    }

    [Fact]
    public void A_long_vector_of_all_is_refused_after_centering()
    {
        var points = TestData.Uniform(Count, 2);
        points[^2] = 2e19f;
        var options = new KMeansOptions { MaxPointsPerCentroid = int.MaxValue, Center = true };
        var error = Assert.Throws<ArgumentException>("source", () => ManagedKMeans.Train(VectorSequence.FromMemory(points, 2), 3, options));
        Assert.Contains("(number 999): sums of squared distances would overflow", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void Points_that_centering_makes_infinite_are_called_too_long(int maxPoints)
    {
        var points = TestData.Uniform(Count, 2);
        points.AsSpan().Fill(-3e38f);
        points.AsSpan(0, 800).Fill(3e38f);
        var options = new KMeansOptions { MaxPointsPerCentroid = maxPoints, Center = true };
        var error = Assert.Throws<ArgumentException>("points", () => ManagedKMeans.Train(points, 2, 3, options));
        Assert.Matches("^points has a vector of length .* \\(number [0-9]+\\): sums of squared distances would overflow", error.Message);
        error = Assert.Throws<ArgumentException>("source", () => ManagedKMeans.Train(VectorSequence.FromMemory(points, 2), 3, options));
        Assert.Matches("^source has a vector of length .* \\(number [0-9]+\\): sums of squared distances would overflow", error.Message);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void Center_accepts_long_vectors_near_their_mean(int maxPoints)
    {
        // Neighboring numbers of single precision are 2.2e12 apart here.
        var points = Array.ConvertAll(TestData.Uniform(Count, 2), value => 2e19f + (value * 1e16f));
        var options = new KMeansOptions { MaxPointsPerCentroid = maxPoints, MaxIterations = 3, Center = true };
        var expected = ManagedKMeans.Train(points, 2, 3, options);
        Assert.Equal(expected.Centroids, ManagedKMeans.Train(VectorSequence.FromMemory(points, 2), 3, options).Centroids);
    }

    [Fact]
    public async Task A_long_vector_in_a_sample_of_parts_names_them()
    {
        var points = TestData.Uniform(Count, 2);
        points.AsSpan().Fill(9e18f);
        await Assert.ThrowsAsync<ArgumentException>("parts", () => ManagedKMeans.TrainAsync(new OneMachineParts([points], 2, []), 3, new() { MaxPointsPerCentroid = 100 }));
    }
}
