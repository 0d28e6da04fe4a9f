using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Generates the cases that properties are tested on, small enough for thousands of them.</summary>
public static class KMeansCases
{
    /// <summary>Returns points of every kind and shape.</summary>
    public static Arbitrary<KMeansCase> Any() => Arb.From(AnyCase, KMeansCaseShrinker.Shrink);

    private static Gen<KMeansCase> AnyCase =>
        from kind in Gen.Elements(CasePoints.Kinds)
        from dimension in Gen.Frequency((2, Gen.Constant(1)), (8, Gen.Choose(2, 10)), (4, Gen.Choose(11, 40)))
        from clusters in Gen.Frequency((2, Gen.Constant(1)), (8, Gen.Choose(2, 9)), (4, Gen.Choose(10, 35)))
        from extra in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Choose(1, 20)), (8, Gen.Choose(21, 120)))
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from pointSeed in Gen.Choose(0, int.MaxValue - 1)
        from maxPoints in Gen.Frequency((3, Gen.Constant(256)), (1, Gen.Constant(Math.Max(1, (clusters + extra - 1) / clusters))))
        from iterations in Gen.Choose(1, 4)
        from turn in Gen.Choose(0, 5)
        let points = CasePoints.Make(kind, clusters + extra, dimension, clusters, pointSeed)
        select new KMeansCase(kind, points, dimension, clusters, seed)
        {
            MaxPointsPerCentroid = maxPoints,
            Iterations = iterations,
            Spherical = turn == 0 && CasePoints.HaveDirections(points, dimension),
            IntegerCentroids = turn == 1,
        };
}
