using FsCheck;

namespace FaissSdk.Tests.KMeansTests;

public class KMeansStepTests
{
    [Cases]
    public Property Points_in_blocks_give_the_bits_of_one_iteration(KMeansCase of) =>
        StepLaw.Check(of with { Summation = (KMeansSummation)(of.Seed % 3), MaxPointsPerCentroid = 256 }).ToProperty();

    [Theory]
    [InlineData(KMeansSummation.Auto)]
    [InlineData(KMeansSummation.SinglePrecision)]
    [InlineData(KMeansSummation.DoublePrecision)]
    public void Steps_give_the_bits_of_a_training(KMeansSummation summation)
    {
        // Far from the origin, so that Auto adds up some clusters in double precision.
        var points = Array.ConvertAll(TestData.Clustered(200_000, 16, 40), value => value + 500);
        var options = new KMeansOptions { Summation = summation, MaxPointsPerCentroid = int.MaxValue, MaxIterations = 5, InitialCentroids = points.AsMemory(0, 50 * 16) };
        var expected = ManagedKMeans.Train(points, 16, 50, options);
        var centroids = options.InitialCentroids.ToArray();
        var objectives = new List<float>();
        for (var i = 0; i < expected.Iterations.Count; i++)
        {
            var step = new KMeansStep(centroids, 16, new() { Summation = summation });
            for (var start = 0; start < points.Length; start += 70_001 * 16)
            {
                step.Add(points.AsSpan(start, Math.Min(70_001 * 16, points.Length - start)));
            }

            var result = step.Finish();
            objectives.Add(result.Objective);
            centroids = result.Centroids.ToArray();
        }

        Assert.Equal(expected.Iterations.Select(iteration => iteration.Objective), objectives);
        Assert.Equal(expected.Centroids, centroids);
    }

    [Fact]
    public void A_step_returns_labels_and_distances()
    {
        var step = new KMeansStep([0, 10], 1);
        var (labels, distances) = (new long[3], new float[3]);
        step.Add([1, 8, 4], labels: labels, distances: distances);
        Assert.Equal([0, 1, 0], labels);
        Assert.Equal([1, 4, 16], distances);
        var result = step.Finish();
        Assert.Equal([2.5f, 8], result.Centroids);
        Assert.Equal([2, 1], result.Sizes);
        Assert.Equal(21, result.Objective);
    }

    [Fact]
    public void A_step_names_the_vector_that_is_not_finite_and_adds_nothing()
    {
        var step = new KMeansStep([0, 0, 1, 1], 2);
        var error = Assert.Throws<ArgumentException>(() => step.Add([1, 2, 3, 4, 5, float.NaN]));
        Assert.Contains("NaN in vector 2, component 1", error.Message);
        Assert.Equal(0, step.Count);
    }

    [Fact]
    public void A_step_takes_weights_for_all_points_or_none()
    {
        var step = new KMeansStep([0, 1], 1);
        step.Add([1, 2], [1, 2]);
        Assert.Contains("weights are missing", Assert.Throws<ArgumentException>(() => step.Add([3])).Message);
        step = new KMeansStep([0, 1], 1);
        step.Add([1, 2]);
        Assert.Contains("weights are given", Assert.Throws<ArgumentException>(() => step.Add([3], [1])).Message);
    }

    [Fact]
    public void A_step_of_fewer_points_than_clusters_cannot_finish()
    {
        var step = new KMeansStep([0, 1, 2], 1);
        step.Add([1, 2]);
        Assert.Contains("2 points, which is fewer than its 3 clusters", Assert.Throws<InvalidOperationException>(step.Finish).Message);
        step.Add([5]);
        step.Finish();
        Assert.Contains("finished", Assert.Throws<InvalidOperationException>(() => step.Add([5])).Message);
    }

    [Fact]
    public void A_step_whose_weights_are_all_zero_cannot_finish()
    {
        var step = new KMeansStep([0], 1);
        step.Add([1, 2], [0, 0]);
        Assert.Contains("at least one must be positive", Assert.Throws<InvalidOperationException>(step.Finish).Message);
    }

    [Fact]
    public void Blocks_that_would_overflow_together_are_rejected()
    {
        var step = new KMeansStep([0], 1);
        step.Add([4e18f]);
        step.Add([4e18f]);
        var error = Assert.Throws<ArgumentException>(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                step.Add([0, 0]);
            }
        });
        Assert.Contains("length 4E+18", error.Message);
    }

    [Fact]
    public void Points_whose_distances_to_far_centroids_would_overflow_are_rejected()
    {
        var step = new KMeansStep([9e18f], 1);
        step.Add([0]);
        var error = Assert.Throws<ArgumentException>("points", () => step.Add(new float[10]));
        Assert.StartsWith("the step has a centroid of length 9E+18: sums of 11 squared distances would overflow", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, step.Count);
        Assert.Throws<ArgumentException>("points", () => KMeansStep.Import(step.Export()).Add(new float[10]));
        Assert.True(float.IsFinite(step.Finish().Objective));
    }

    [Fact]
    public void A_state_of_other_options_is_rejected()
    {
        var state = new KMeansStep([0, 1], 1).Export();
        var error = Assert.Throws<ArgumentException>(() => KMeansStep.Import(state, new() { Spherical = true }));
        Assert.Contains("Spherical is True, but the state comes from a step with False", error.Message);
        Assert.Equal(2, KMeansStep.Import(state, new() { MaxDegreeOfParallelism = 1 }).Clusters);
    }

    [Fact]
    public void Damaged_states_are_rejected()
    {
        var step = new KMeansStep([0, 1, 2, 3], 2);
        step.Add([5, 6, 7, 8]);
        var state = step.Export();
        for (var i = 0; i < state.Length; i++)
        {
            var damaged = (byte[])state.Clone();
            damaged[i] ^= 4;
            Assert.Throws<InvalidDataException>(() => KMeansStep.Import(damaged));
            Assert.Throws<InvalidDataException>(() => KMeansStep.Import(state.AsSpan(0, i)));
        }
    }

    [Fact]
    public void Options_that_a_step_would_ignore_are_rejected()
    {
        foreach (var (options, name) in ((KMeansOptions, string)[])[
            (new() { Center = true }, "Center"), (new() { Backend = KMeansBackend.Native }, "Backend"), (new() { Weights = new float[1] }, "Weights"), (new() { InitialCentroids = new float[1] }, "InitialCentroids")])
        {
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => new KMeansStep([0], 1, options)).Message);
        }
    }
}
