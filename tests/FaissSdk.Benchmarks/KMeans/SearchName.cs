namespace FaissSdk.Benchmarks;

/// <summary>Names the search methods that <c>--search</c> can fix for a managed training.</summary>
internal static class SearchName
{
    private static readonly Dictionary<string, SearchMethod> Methods = new(StringComparer.Ordinal)
    {
        ["full"] = SearchMethod.Single,
        ["integers"] = SearchMethod.Integer,
        ["directions"] = SearchMethod.Projected,
        ["sparse"] = SearchMethod.Sparse,
        ["bounds"] = SearchMethod.Bounds,
    };

    public static string Names => string.Join(", ", Methods.Keys);

    public static bool IsKnown(string name) => Methods.ContainsKey(name);

    /// <summary>Returns the tuning that fixes the method of that name, or, for null, one that leaves the choice to the training.</summary>
    public static SearchTuning ToTuning(string? name) => new(name is null ? null : Methods[name]);
}
