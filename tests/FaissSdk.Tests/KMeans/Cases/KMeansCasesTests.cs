using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

public class KMeansCasesTests
{
    private static readonly KMeansCase[] Sample = [.. KMeansCases.Any().Generator.Sample(1000, 50)];

    [Fact]
    public void Every_kind_and_every_special_shape_occurs()
    {
        Assert.Equal(CasePoints.Kinds.Order(), Sample.Select(of => of.Kind).Distinct().Order());
        Assert.Contains(Sample, of => of.Count == of.Clusters);
        Assert.Contains(Sample, of => of.Clusters == 1 && of.Count > 1);
        Assert.Contains(Sample, of => of.Dimension == 1);
        Assert.Contains(Sample, of => of.Used < of.Count && of.Count - of.Used <= of.Clusters && !of.IsCopied);
        Assert.Contains(Sample, of => of.Points.Chunk(of.Dimension).Select(point => string.Join(' ', point)).Distinct().Count() < of.Clusters);
        Assert.Contains(Sample, of => of.Spherical);
        Assert.Contains(Sample, of => of.IntegerCentroids);
        Assert.Contains(Sample, of => of.Iterations > 1);
    }

    [Fact]
    public void Every_remainder_of_a_kernel_occurs()
    {
        Assert.Equal(12, Sample.Select(of => of.Count % 12).Distinct().Count());
        Assert.Equal(16, Sample.Select(of => of.Clusters % 16).Distinct().Count());
        Assert.Equal(8, Sample.Select(of => of.Dimension % 8).Distinct().Count());
    }

    [Fact]
    public void All_cases_are_valid() =>
        Assert.All(Sample.Concat(WellPosedCases.Any().Generator.Sample(200, 50)), of => KMeansInput.Check(of.Points, of.Dimension, of.Clusters, of.Options));

    [Fact]
    public void Shrinking_ends_and_gives_valid_cases()
    {
        Assert.All(Sample.Take(50), of =>
        {
            Assert.All(KMeansCaseShrinker.Shrink(of), smaller =>
            {
                Assert.InRange(smaller.Clusters, 1, smaller.Count);
                Assert.Equal(smaller.Count * smaller.Dimension, smaller.Points.Length);
                var first = KMeansCaseShrinker.Size(smaller).Zip(KMeansCaseShrinker.Size(of)).First(pair => pair.First != pair.Second);
                Assert.True(first.First < first.Second, $"{of} became {smaller}");
            });
        });
    }

    [Fact]
    public void A_point_above_a_limit_shrinks_to_that_point_alone()
    {
        var shrunk = Shrink(of => of.Points.All(value => Math.Abs(value) <= 100));
        Assert.Equal((1, 1, 1, 1, 0), (shrunk.Count, shrunk.Dimension, shrunk.Clusters, shrunk.Iterations, shrunk.Seed));
        Assert.InRange(Math.Abs(shrunk.Points[0]), 100, 256);
    }

    [Fact]
    public void Two_equal_points_shrink_to_two_zeros()
    {
        var shrunk = Shrink(of => of.Points.Chunk(of.Dimension).Select(point => string.Join(' ', point)).Distinct().Count() == of.Count);
        Assert.Equal((1, 1), (shrunk.Dimension, shrunk.Clusters));
        Assert.Equal([0, 0], shrunk.Points);
    }

    [Fact]
    public void Shrinking_keeps_only_the_necessary_options_and_clusters()
    {
        var shrunk = Shrink(of => !(of.Spherical && of.Clusters >= 3 && of.Dimension >= 2));
        Assert.Equal((3, 2, 3), (shrunk.Count, shrunk.Dimension, shrunk.Clusters));
        Assert.True(shrunk.Spherical);
        Assert.False(shrunk.IntegerCentroids);
        Assert.All(shrunk.Points, value => Assert.Equal(0, value));
    }

    /// <summary>Returns the case that the first failing one shrinks to.</summary>
    private static KMeansCase Shrink(Func<KMeansCase, bool> holds)
    {
        var failing = Sample.First(of => !holds(of));
        while (KMeansCaseShrinker.Shrink(failing).FirstOrDefault(of => !holds(of)) is { } smaller)
        {
            failing = smaller;
        }

        return failing;
    }
}
