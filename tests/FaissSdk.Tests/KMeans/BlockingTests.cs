namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests the division of as many points into blocks as a span holds.</summary>
public class BlockingTests
{
    [Theory]
    [InlineData(0, 256)]
    [InlineData(1, 256)]
    [InlineData(256, 256)]
    [InlineData(257, 256)]
    [InlineData(int.MaxValue - 255, 256)]
    [InlineData(int.MaxValue, 2048)]
    [InlineData(int.MaxValue, 78_125)]
    public void Blocks_cover_all_points(int count, int rows)
    {
        var blocks = Blocking.BlocksOf(count, rows);
        Assert.InRange(count, (blocks - 1L) * rows + Math.Min(count, 1), (long)blocks * rows);
        var (start, steps) = (0, 0);
        for (; start < count; start = Blocking.Next(start, rows, count))
        {
            steps++;
        }

        Assert.Equal((count, blocks), (start, steps));
    }
}
