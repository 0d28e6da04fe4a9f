using static FaissSdk.Tests.Indexes.IndexAbilities;

namespace FaissSdk.Tests.Indexes;

/// <summary>Every kind of index, once.</summary>
internal static class IndexRegistry
{
    private const IndexAbilities Plain = Positions | Save | Reset;

    public static IReadOnlyList<IndexKind> All { get; } =
    [
        Factory("Flat") with { IsExact = true, Abilities = Plain | Remove | Reconstruct | RangeSearch, TakesOneDimension = true },
        Factory("SQ8") with { LeastRecall = 0.9, Abilities = Plain | Remove | Reconstruct, NewerAbilities = RangeSearch, TakesOneDimension = true },
    ];

    public static TheoryData<string> Names => [.. All.Select(kind => kind.Name)];

    public static IndexKind Find(string name) => All.Single(kind => kind.Name == name);

    private static IndexKind Factory(string description, MetricType metric = MetricType.L2) => new(
        metric == MetricType.L2 ? description : $"{description} by {metric}",
        (d, _) =>
        {
            var index = FaissIndex.Create(d, description, metric);
            if (description.Contains("IVF", StringComparison.Ordinal))
            {
                index.SetParameter("nprobe", 16);
            }

            return index;
        })
    {
        Metric = metric,
    };
}
