namespace FaissSdk.Tests.Tuning;

public class OperatingPointsTests
{
    private static readonly OperatingPoints Points = new([new("a", 0.5, 10), new("b", 0.9, 30), new("c", 0.6, 40), new("d", 0.9, 50), new("e", 0.99, 60), new("f", 0.4, 10)]);

    [Fact]
    public void Optimal_points_have_no_better_one() => Assert.Equal(["a", "b", "e"], Points.Optimal.Select(point => point.Parameters));

    [Theory]
    [InlineData(0, "a")]
    [InlineData(0.55, "b")]
    [InlineData(0.9, "b")]
    [InlineData(0.95, "e")]
    [InlineData(1, null)]
    public void BestFor_returns_the_fastest_point_of_the_recall(double recall, string? expected) => Assert.Equal(expected, Points.BestFor(recall)?.Parameters);

    [Fact]
    public void Best_is_the_point_of_the_greatest_recall()
    {
        Assert.Equal("e", Points.Best?.Parameters);
        Assert.Null(new OperatingPoints([]).Best);
    }
}
