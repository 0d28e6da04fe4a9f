namespace FaissSdk.Benchmarks;

/// <summary>The ways of searching that a managed training can be held to, by the names that <c>--search</c> takes.</summary>
internal static class SearchChoice
{
    private static readonly Dictionary<string, Func<KMeansOptions, KMeansOptions>> Choices = new(StringComparer.Ordinal)
    {
        ["full"] = options => options with { Pruning = false },
        ["bounds"] = options => options with { PruneAlways = true },
        ["integers"] = options => options with { QuantizeAlways = true },
    };

    public static string Names => string.Join(", ", Choices.Keys);

    public static bool IsKnown(string name) => Choices.ContainsKey(name);

    /// <param name="options">What is trained with otherwise.</param>
    /// <param name="name">Null for the way that the training chooses by itself.</param>
    public static KMeansOptions Apply(KMeansOptions options, string? name) => name is null ? options : Choices[name](options);
}
