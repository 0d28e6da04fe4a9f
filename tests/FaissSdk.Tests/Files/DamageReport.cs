using System.Text;

namespace FaissSdk.Tests.Files;

/// <summary>Reports by kind what happened to the damaged files that were loaded and then used.</summary>
internal sealed class DamageReport(string title)
{
    private readonly List<(string Kind, IReadOnlyList<(string Outcome, string Detail)> Files)> _kinds = [];

    public void Add(string kind, IReadOnlyList<(string Outcome, string Detail)> files) => _kinds.Add((kind, files));

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"# {title}, FAISS {FaissLibrary.Info.Version}").AppendLine();
        text.AppendLine("| kind | files | refused at load | refused in use | work | killed | timeout |");
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|");
        foreach (var (kind, files) in _kinds)
        {
            AddRow(text, kind, files);
        }

        var all = _kinds.SelectMany(kind => kind.Files).ToArray();
        AddRow(text, $"all {_kinds.Count}", all);
        text.AppendLine();
        foreach (var (kind, files) in _kinds)
        {
            foreach (var ends in files.Where(file => IsEnd(file.Outcome)).GroupBy(file => file.Outcome))
            {
                text.AppendLine($"- {kind}: {ends.Key}, {ends.Count()} files: {string.Join("; ", ends.Select(file => file.Detail).Take(4))}");
            }
        }

        return text.ToString();
    }

    public void Write(string name)
    {
        if (_kinds.Count > 0)
        {
            File.WriteAllText(Path.Combine(AppContext.BaseDirectory, $"{name}-{string.Concat(FaissLibrary.Info.Version.Split(Path.GetInvalidFileNameChars()))}.md"), ToString());
        }
    }

    public static bool IsEnd(string outcome) => Word(outcome) is IndexUser.Killed or IndexUser.Timeout;

    private static void AddRow(StringBuilder text, string kind, IReadOnlyList<(string Outcome, string Detail)> files)
    {
        int Count(Func<string, bool> matches) => files.Count(file => matches(file.Outcome));
        text.AppendLine($"| {kind} | {files.Count} | {Count(one => Word(one) == IndexUser.Refused)} | {Count(one => one == "partly")} | {Count(one => one == IndexUser.Used)} | {Count(one => Word(one) == IndexUser.Killed)} | {Count(one => one == IndexUser.Timeout)} |");
    }

    private static string Word(string outcome) => outcome.Split(' ')[0];
}
