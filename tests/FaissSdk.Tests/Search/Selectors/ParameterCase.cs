namespace FaissSdk.Tests.Indexes;

/// <summary>A class of search parameters with some of its options set.</summary>
/// <param name="Name">The name of the case in the tests.</param>
/// <param name="New">Creates the parameters with a selector.</param>
internal sealed record ParameterCase(string Name, Func<IDSelector?, SearchParameters> New)
{
    public const string Plain = "plain";
    public const string Lists = "lists";
    public const string Graph = "graph";

    public static IReadOnlyList<ParameterCase> Every { get; } =
    [
        new(Plain, selector => new SearchParameters(selector)),
        new(Lists, selector => new SearchParametersIVF(selector)),
        new($"{Lists}, all probed", selector => new SearchParametersIVF(selector, nProbe: int.MaxValue)),
        new($"{Lists}, limited codes", selector => new SearchParametersIVF(selector, nProbe: 16, maxCodes: 1 << 20)),
        new(Graph, selector => new SearchParametersHNSW(selector, efSearch: 512)),
        new($"{Graph}, no relative distance", selector => new SearchParametersHNSW(selector, efSearch: 512) { CheckRelativeDistance = false }),
        new($"{Graph}, no bounded queue", selector => new SearchParametersHNSW(selector, efSearch: 512) { BoundedQueue = false }),
    ];

    public bool IsOfGraph => Name.StartsWith(Graph, StringComparison.Ordinal);

    public override string ToString() => Name;
}
