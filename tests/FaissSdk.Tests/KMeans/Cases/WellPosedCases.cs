using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Generates cases in which rounding decides almost nothing: separated clusters, about as far from the origin as they are wide.</summary>
public static class WellPosedCases
{
    public static Arbitrary<KMeansCase> Any() => Arb.From(AnyCase, KMeansCaseShrinker.Shrink);

    private static Gen<KMeansCase> AnyCase =>
        from dimension in Gen.Choose(1, 12)
        from clusters in Gen.Choose(1, 8)
        from extra in Gen.Choose(8, 90)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from pointSeed in Gen.Choose(0, int.MaxValue - 1)
        from sampled in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
        from iterations in Gen.Choose(1, 6)
        let count = clusters * (2 + (extra / clusters))
        select new KMeansCase("well posed", Points(count, dimension, clusters, new Random(pointSeed)), dimension, clusters, seed)
        {
            MaxPointsPerCentroid = sampled ? Math.Max(2, (count - 1) / clusters) : 256,
            Iterations = iterations,
        };

    private static float[] Points(int count, int dimension, int clusters, Random random)
    {
        var centers = new float[clusters * dimension];
        for (var i = 0; i < centers.Length; i++)
        {
            centers[i] = (8 * random.NextSingle()) - 4;
        }

        var points = new float[count * dimension];
        for (var i = 0; i < points.Length; i++)
        {
            var center = centers[((i / dimension) % clusters * dimension) + (i % dimension)];
            points[i] = center + (2 * random.NextSingle()) + (2 * random.NextSingle()) - 2;
        }

        return points;
    }
}
