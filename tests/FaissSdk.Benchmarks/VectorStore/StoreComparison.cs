using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Compares the vector store's kinds of indexes with two scans that need no index: of arrays in memory, and of blobs in SQLite.</summary>
internal static class StoreComparison
{
    /// <summary>Prints tables for numbers of records.</summary>
    /// <param name="output">Receives the tables.</param>
    /// <param name="counts">The numbers of records.</param>
    /// <param name="names">The stores to measure, or none for all.</param>
    /// <param name="folder">A folder for the stores' files.</param>
    public static void Run(TextWriter output, int[] counts, string[] names, string folder)
    {
        output.WriteLine(Text($"FAISS {FaissLibrary.Info.Version}, {Environment.ProcessorCount} processors, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} before; cosine, top {StoreWorkload.Top}, {StoreWorkload.Dimension} dimensions, batches of 1,000; times in ms: median / 99 %; a number behind a store is the efSearch or nprobe that a recall of 0.95 needs"));
        foreach (var count in counts)
        {
            StoreRow.WriteExact(count, folder);
            var rows = (names.Length == 0 ? StoreRow.Names : names).Select(name => (Name: name, Figures: StoreRow.Measure(name, count, folder))).ToArray();
            output.WriteLine();
            output.WriteLine(Text($"{count:N0} records, of which the filters match 0.1, 1, 10 and 50 %:"));
            output.WriteLine();
            output.WriteLine("| store | search | recall | 0.1 % | 1 % | 10 % | 50 % | least recall with a filter | repeated: 0.1 % | 1 % | 10 % | 50 % |");
            output.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
            foreach (var (name, figures) in rows)
            {
                var searches = figures.Searches;
                output.WriteLine(Text($"| {name}{(figures.Effort > 0 ? $", {figures.Effort}" : "")} | {Times(searches[0])} | {searches[0].Recall:F3} | {string.Join(" | ", searches.Skip(1).Take(4).Select(Times))} | {searches.Skip(1).Take(4).Min(search => search.Recall):F3} | {string.Join(" | ", searches.Skip(5).Select(Times))} |"));
            }

            output.WriteLine();
            output.WriteLine("| store | inserted per second | sealed after, s | reopened in, s | private memory at rest | peak while filling | files |");
            output.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
            foreach (var (name, figures) in rows)
            {
                output.WriteLine(Text($"| {name} | {figures.InsertRate:N0} | {figures.FinishSeconds:F1} | {figures.ReopenSeconds:F2} | {figures.MemoryAtRest:F2} × | {figures.MemoryPeak:F2} × | {figures.FileSize:F2} × |"));
            }
        }

        output.WriteLine();
        output.WriteLine(Text($"Memory and files are multiples of the vectors' size. Load after: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
    }

    private static string Times(SearchFigures search) => Text($"{search.Median:F2} / {search.P99:F2}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
