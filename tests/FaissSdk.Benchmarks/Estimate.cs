namespace FaissSdk.Benchmarks;

/// <summary>Represents a median of rounds with its 95 % interval, which holds for any distribution, and the quartiles, between which half of the rounds lie.</summary>
internal readonly record struct Estimate(double Median, double Low, double High, double Quartile1, double Quartile3)
{
    public static Estimate Of(IEnumerable<double> rounds)
    {
        var sorted = rounds.Order().ToArray();
        var last = sorted.Length - 1;

        // The number of rounds below the true median has a binomial distribution.
        var low = Math.Max(0, (int)Math.Floor((sorted.Length - (1.96 * Math.Sqrt(sorted.Length))) / 2));
        return new Estimate(sorted[sorted.Length / 2], sorted[low], sorted[last - low], sorted[last / 4], sorted[last - (last / 4)]);
    }
}
