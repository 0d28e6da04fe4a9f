using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Cases in which rounding decides next to nothing: clusters apart from each other, about as far from the origin as they are wide.</summary>
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
        var centres = new float[clusters * dimension];
        for (var i = 0; i < centres.Length; i++)
        {
            centres[i] = (8 * random.NextSingle()) - 4;
        }

        var points = new float[count * dimension];
        for (var i = 0; i < points.Length; i++)
        {
            var centre = centres[((i / dimension) % clusters * dimension) + (i % dimension)];
            points[i] = centre + (2 * random.NextSingle()) + (2 * random.NextSingle()) - 2;
        }

        return points;
    }
}
