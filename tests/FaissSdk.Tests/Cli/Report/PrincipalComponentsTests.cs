using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class PrincipalComponentsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1e9f)]
    [InlineData(1e16f)]
    [InlineData(1e-15f)]
    public void The_directions_of_the_largest_variance_are_found(float scale)
    {
        // Axes 3 and 1 have standard deviations of 5 and 2, all others of 0.1.
        var random = new Random(1);
        float[] scales = [0.1f, 2, 0.1f, 5, 0.1f];
        var values = new float[2000 * 5];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = scale * (100 + (scales[i % 5] * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))));
        }

        var components = PrincipalComponents.Fit(new VectorSet(values, 5), [.. Enumerable.Range(0, 2000)], 2);

        Assert.InRange(components.Shares[0], 0.84, 0.88);
        Assert.InRange(components.Shares[1], 0.12, 0.16);
        var (least, most) = (100 * scale, 110 * scale);
        var (origin, along) = (components.Project([least, least, least, least, least]), components.Project([least, least, least, most, least]));
        Assert.Equal(10, (along[0] - origin[0]) / scale, 0.05);
        Assert.Equal(0, (along[1] - origin[1]) / scale, 0.5);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(5, 1)]
    [InlineData(3, 2)]
    public void Points_without_variance_have_a_map(int count, int dimension)
    {
        var points = new VectorSet([.. Enumerable.Repeat(3f, count * dimension)], dimension);

        var components = PrincipalComponents.Fit(points, [.. Enumerable.Range(0, count)], 2);

        Assert.Equal([0, 0], components.Shares);
        Assert.Equal([0, 0], components.Project(points.Vector(0)));
    }
}
