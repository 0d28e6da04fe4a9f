namespace FaissSdk.Tests.Files;

public class FileMutationTests
{
    private static readonly byte[] Original = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Every_mutation_differs_from_the_file(int length)
    {
        var file = Original[..length];
        if (length > 0)
        {
            Assert.All(FileMutation.Of(file, 1).Take(300), mutated => Assert.NotEqual(file, mutated));
        }
        else
        {
            Assert.Throws<ArgumentException>(() => FileMutation.Of(file, 1).First());
        }
    }

    [Fact]
    public void Mutations_are_determined_by_the_seed()
    {
        Assert.Equal(FileMutation.Of(Original, 3).Take(50), FileMutation.Of(Original, 3).Take(1000).Take(50));
        Assert.NotEqual(FileMutation.Of(Original, 3).Take(50), FileMutation.Of(Original, 4).Take(50));
    }

    [Fact]
    public void Mutations_of_every_kind_occur()
    {
        var mutations = FileMutation.Of(Original, 5).Take(1000).ToArray();
        Assert.InRange(mutations.Count(file => file.Length < Original.Length), 150, 300);
        Assert.InRange(mutations.Count(file => file.Length > Original.Length), 60, 180);
        Assert.InRange(mutations.Count(file => Original.AsSpan().CommonPrefixLength(file) < 200), 500, 700);
        Assert.Contains(mutations, file => new FileDifference(Original, file).Size > 900);
        Assert.InRange(mutations.Count(file => new FileDifference(Original, file).Size == 1), 200, 500);
    }

    [Fact]
    public void A_difference_describes_offset_and_bytes()
    {
        Assert.Equal("offset 2: 0E → FF", Describe(Changed((2, 255))));
        Assert.Equal("offset 2: 0E 15 → FF FE, offset 9: 3F → 00", Describe(Changed((2, 255), (3, 254), (9, 0))));
        Assert.Equal("cut to 7 of 1000 bytes", Describe(Original[..7]));
        Assert.Equal("offset 4: nothing → 63", Describe([.. Original[..4], 99, .. Original[4..]]));
        Assert.Equal("offset 4: 1C 23 → nothing", Describe([.. Original[..4], .. Original[6..]]));
    }

    [Fact]
    public void Minimize_keeps_only_the_relevant_bytes()
    {
        var garbage = (byte[])Original.Clone();
        new Random(1).NextBytes(garbage);
        (garbage[40], garbage[700]) = (1, 2);
        var one = FileDifference.Minimize(Original, garbage, file => file[40] == 1);
        Assert.Equal((1, "offset 40: 18 → 01"), (one.Size, one.Description));
        var two = FileDifference.Minimize(Original, garbage, file => file[40] == 1 && file[700] == 2);
        Assert.Equal(2, two.Size);
        byte[] shifted = [.. garbage[..100], .. garbage[90..]];
        Assert.Equal("offset 40: 18 → 01", FileDifference.Minimize(Original, shifted, file => file[40] == 1).Description);
        var cut = FileDifference.Minimize(Original, Original[..500], file => file.Length == 500);
        Assert.Equal("cut to 500 of 1000 bytes", cut.Description);
    }

    [Fact]
    public void The_smallest_difference_comes_first()
    {
        FileDifference[] differences = [new(Original, Changed((1, 0), (2, 0))), new(Original, Changed((500, 0))), new(Original, Changed((50, 0)))];
        Assert.Equal(["offset 50: 5E → 00", "offset 500: AC → 00", "offset 1: 07 0E → 00 00"],
            differences.Order(Comparer<FileDifference>.Create(FileDifference.Compare)).Select(difference => difference.Description));
    }

    private static string Describe(byte[] mutated) => new FileDifference(Original, mutated).Description;

    private static byte[] Changed(params (int Place, byte Value)[] changes)
    {
        var mutated = (byte[])Original.Clone();
        foreach (var (place, value) in changes)
        {
            mutated[place] = value;
        }

        return mutated;
    }
}
