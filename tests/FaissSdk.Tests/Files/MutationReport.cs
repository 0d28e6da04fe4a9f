using System.Text;

namespace FaissSdk.Tests.Files;

/// <summary>Reports the outcomes of the mutated files by kind.</summary>
internal sealed class MutationReport(int mutations)
{
    private readonly List<Kind> _kinds = [];

    public void Add(string name, int bytes, IReadOnlyDictionary<string, int> outcomes, IReadOnlyDictionary<string, FileDifference> smallest) =>
        _kinds.Add(new Kind(name, bytes, outcomes, smallest));

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"# Mutated index files, FAISS {FaissLibrary.Info.Version}: {mutations} of a kind").AppendLine();
        text.AppendLine("| kind | bytes | loaded | rejected | ended the process | timeout |");
        text.AppendLine("|---|--:|--:|--:|---|--:|");
        foreach (var kind in _kinds)
        {
            text.AppendLine($"| {kind.Name} | {kind.Bytes} | {Row(kind.Outcomes)} |");
        }

        var all = _kinds.SelectMany(kind => kind.Outcomes).GroupBy(one => one.Key, one => one.Value).ToDictionary(group => group.Key, group => group.Sum());
        text.AppendLine($"| all {_kinds.Count} | | {Row(all)} |");

        var ends = _kinds.SelectMany(kind => kind.Smallest.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (kind, one.Key, one.Value))).ToArray();
        if (ends.Length > 0)
        {
            text.AppendLine().AppendLine("| kind | outcome | files | smallest |");
            text.AppendLine("|---|---|--:|---|");
            foreach (var (kind, outcome, difference) in ends)
            {
                text.AppendLine($"| {kind.Name} | {outcome} | {kind.Outcomes[outcome]} | {difference.Description} |");
            }
        }

        return text.ToString();
    }

    public void Write()
    {
        if (_kinds.Count > 0)
        {
            var version = string.Concat(FaissLibrary.Info.Version.Split(Path.GetInvalidFileNameChars()));
            File.WriteAllText(Path.Combine(AppContext.BaseDirectory, $"mutated-files-{version}.md"), ToString());
            Console.WriteLine();
            Console.WriteLine(ToString());
        }
    }

    private static string Row(IReadOnlyDictionary<string, int> outcomes)
    {
        int Sum(string outcome) => outcomes.Where(one => one.Key.Split(' ')[0] == outcome).Sum(one => one.Value);
        var ends = outcomes.Where(one => one.Key.Split(' ')[0] is IndexLoader.Killed or IndexLoader.Exited).OrderBy(one => one.Key, StringComparer.Ordinal);
        return $"{Sum(IndexLoader.Loaded)} | {Sum(IndexLoader.Rejected)} | {string.Join(", ", ends.Select(one => $"{one.Value} {one.Key.Replace("killed ", "", StringComparison.Ordinal)}"))} | {Sum(IndexLoader.Timeout)}";
    }

    private sealed record Kind(string Name, int Bytes, IReadOnlyDictionary<string, int> Outcomes, IReadOnlyDictionary<string, FileDifference> Smallest);
}
