namespace FaissSdk.Benchmarks;

/// <summary>The ways of searching that a managed training can be held to, by the names that <c>--search</c> takes.</summary>
internal static class SearchName
{
    private static readonly Dictionary<string, SearchWay> Ways = new(StringComparer.Ordinal)
    {
        ["full"] = SearchWay.Single,
        ["integers"] = SearchWay.Integer,
        ["directions"] = SearchWay.Projected,
        ["bounds"] = SearchWay.Bounds,
    };

    public static string Names => string.Join(", ", Ways.Keys);

    public static bool IsKnown(string name) => Ways.ContainsKey(name);

    /// <summary>What a training is told: the way of that name, or, for null, that it is to choose by itself.</summary>
    public static SearchChoice ToChoice(string? name) => new(name is null ? null : Ways[name]);
}
