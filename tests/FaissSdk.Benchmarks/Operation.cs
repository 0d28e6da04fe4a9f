namespace FaissSdk.Benchmarks;

/// <summary>Represents an operation and the loops that perform it; the argument of a loop is the number of iterations.</summary>
internal sealed record Operation(string Name, Action<long> C, Action<long> Raw, Action<long>? WithoutTransition, Action<long> Sdk)
{
    public const string SearchOne = "Search, 1 query";

    public const string SearchMany = "Search, 1,000 queries";

    /// <summary>Returns the operations that the table shows.</summary>
    public static IReadOnlyList<Operation> All(Workload work)
    {
        Operation Search(string name, int n) =>
            new(name, i => Loops.SearchC(work, n, i), i => Loops.SearchRaw(work, n, i), null, i => Loops.SearchSdk(work, n, i));
        Operation Add(string name, int n) =>
            new(name, i => Loops.AddC(work, n, i), i => Loops.AddRaw(work, n, i), null, i => Loops.AddSdk(work, n, i));
        return
        [
            Search(SearchOne, 1),
            Search(SearchMany, Workload.QueryCount),
            Search("Search, 1 query, new SearchResult", 1) with { Sdk = i => Loops.SearchSdkIntoResult(work, 1, i) },
            Add("Add, 1 vector", 1),
            Add("Add, 100,000 vectors", Workload.Many),
            new("Count", i => Loops.CountC(work, i), i => Loops.CountRaw(work, i), i => Loops.CountWithoutTransition(work, i), i => Loops.CountSdk(work, i)),
            new("Dimension", i => Loops.DimensionC(work, i), i => Loops.DimensionRaw(work, i), i => Loops.DimensionWithoutTransition(work, i), i => Loops.DimensionSdk(work, i)),
            new("IsTrained", i => Loops.IsTrainedC(work, i), i => Loops.IsTrainedRaw(work, i), i => Loops.IsTrainedWithoutTransition(work, i), i => Loops.IsTrainedSdk(work, i)),
        ];
    }
}
