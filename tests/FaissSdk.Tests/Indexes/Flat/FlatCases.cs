using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.Indexes;

/// <summary>Generates cases of exact indexes, most of them small, and some of full chunks, which are searched by integers too.</summary>
public static class FlatCases
{
    public static Arbitrary<FlatCase> Any() => Arb.From(AnyCase, Shrink);

    private static Gen<FlatCase> AnyCase =>
        from kind in Gen.Elements(FlatCase.Kinds)
        from isLarge in Gen.Frequency((7, Gen.Constant(false)), (1, Gen.Constant(true)))
        from count in isLarge ? Gen.Choose(2048, 4400) : Gen.Frequency((1, Gen.Constant(0)), (8, Gen.Choose(1, 80)), (3, Gen.Choose(81, 500)), (1, Gen.Choose(1000, 2200)))
        from dimension in isLarge ? Gen.Choose(64, 140) : Gen.Frequency((2, Gen.Constant(1)), (8, Gen.Choose(2, 40)), (2, Gen.Choose(41, 130)))
        from queries in isLarge ? Gen.Choose(1, 30) : Gen.Frequency((1, Gen.Constant(0)), (5, Gen.Choose(1, 8)), (6, Gen.Choose(9, 40)), (1, Gen.Choose(41, 130)))
        from k in Gen.Frequency((8, Gen.Choose(1, 12)), (2, Gen.Choose(13, 150)))
        from seed in Gen.Choose(0, int.MaxValue / 2)
        from metric in Gen.Choose(0, 2)
        from storage in Gen.Frequency((4, Gen.Constant(0)), (2, Gen.Constant(1)), (2, Gen.Constant(2)))
        from ids in Gen.Choose(0, 2)
        from removed in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 60)), (1, Gen.Constant(100)))
        from filter in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 4)))
        select new FlatCase(kind, count, dimension, queries, k, seed)
        {
            Metric = metric == 0 ? MetricType.L2 : MetricType.InnerProduct,
            Normalizes = metric == 2 && storage != 2,
            Storage = (VectorStorage)storage,
            Ids = ids,
            Removed = removed,
            Filter = filter,
        };

    private static IEnumerable<FlatCase> Shrink(FlatCase of)
    {
        foreach (var smaller in (FlatCase[])
        [
            of with { Count = of.Count / 2 }, of with { Count = of.Count - 1 }, of with { Dimension = of.Dimension / 2 }, of with { Dimension = of.Dimension - 1 },
            of with { Queries = of.Queries / 2 }, of with { Queries = of.Queries - 1 }, of with { K = of.K / 2 }, of with { K = of.K - 1 },
            of with { Removed = 0 }, of with { Filter = 0 }, of with { Ids = 0 }, of with { Storage = VectorStorage.Unchanged },
        ])
        {
            if (smaller != of && smaller is { Count: >= 0, Dimension: > 0, Queries: >= 0, K: > 0 })
            {
                yield return smaller;
            }
        }
    }
}
