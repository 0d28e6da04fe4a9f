namespace FaissSdk.Tests.KMeansTests;

public class MersenneTwisterTests
{
    [Fact]
    public void The_10000th_draw_equals_that_of_the_CPP_standard()
    {
        var random = new MersenneTwister(5489);
        for (var i = 1; i < 10_000; i++)
        {
            random.NextUInt32();
        }

        Assert.Equal(4123659995u, random.NextUInt32());
    }

    [Fact]
    public void A_permutation_contains_every_number_once()
    {
        var permutation = RandomSample.Permutation(1000, 1000, 7);
        Assert.Equal(Enumerable.Range(0, 1000), permutation.Order());
        Assert.NotEqual(Enumerable.Range(0, 1000), permutation);
    }

    [Fact]
    public void The_start_of_a_permutation_is_independent_of_its_length() =>
        Assert.Equal(RandomSample.Permutation(1000, 1000, 7).Take(10), RandomSample.Permutation(1000, 10, 7));
}
