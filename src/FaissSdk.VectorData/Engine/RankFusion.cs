using System.Numerics;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Fuses rankings by reciprocal rank: the score of a record is Σ 1 / (60 + rank) over the rankings that contain it.</summary>
internal static class RankFusion
{
    private const double K = 60;

    private const int MinDepth = 1_000;

    /// <summary>Returns the number of results of each ranking that are fused for <paramref name="count"/> results.</summary>
    /// <remarks>It is the same for all pages but those of different powers of two: with another depth, the order of the results is another one.</remarks>
    public static int DepthFor(int count) => (int)Math.Min(Math.Max(MinDepth, BitOperations.RoundUpToPowerOf2(2UL * (uint)count)), int.MaxValue);

    public static IEnumerable<(long Id, double Score)> Fuse(params ReadOnlySpan<IEnumerable<long>> rankings)
    {
        var scores = new Dictionary<long, double>();
        foreach (var ranking in rankings)
        {
            var rank = 1;
            foreach (var id in ranking)
            {
                scores[id] = scores.GetValueOrDefault(id) + (1 / (K + rank++));
            }
        }

        return scores.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value));
    }
}
