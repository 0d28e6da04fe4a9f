using System.Globalization;

namespace FaissSdk.Sequences;

/// <summary>Reads what a child wrote before its end.</summary>
internal static class JournalReader
{
    public static IReadOnlyList<JournalSequence> Read(string path)
    {
        var sequences = new List<JournalSequence>();
        foreach (var line in File.ReadLines(path))
        {
            if (line.Length == 0)
            {
                continue;
            }

            var text = line[1..];
            var parts = text.Split(Journal.Separator);
            var last = sequences.Count > 0 ? sequences[^1] : null;
            switch (line[0])
            {
                case 'B':
                    sequences.Add(new JournalSequence(long.Parse(text, CultureInfo.InvariantCulture)));
                    break;
                case 'S':
                    last!.Steps.Add(new RecordedStep(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts[2..]));
                    break;
                case 'C':
                    last!.Statements.Add((text, null));
                    break;
                case 'X':
                    last!.Statements[^1] = (last.Statements[^1].Text, text);
                    break;
                case 'F':
                    last!.Fault = (parts[0], string.Join(' ', parts[1..]));
                    break;
                default:
                    last!.IsComplete = true;
                    break;
            }
        }

        return sequences;
    }
}

/// <summary>The record of a sequence.</summary>
internal sealed class JournalSequence(long seed)
{
    public long Seed { get; } = seed;

    public List<RecordedStep> Steps { get; } = [];

    /// <summary>Gets the C# statements, each with the exception that it threw.</summary>
    public List<(string Text, string? Error)> Statements { get; } = [];

    public (string Kind, string Details)? Fault { get; set; }

    public bool IsComplete { get; set; }

    public string LastStatement => Statements is [.., var last] ? last.Text : "";

    /// <summary>Returns the sequence as C#.</summary>
    public string ToSource() => $"FaissTuning.BlasQueryBlockSize = FaissTuning.BlasDatabaseBlockSize = {Child.BlockSize};\n" + string.Join('\n', Statements.Select(statement => statement.Error is null
        ? statement.Text
        : $"try {{ {WithoutVariable(statement.Text)} }} catch (Exception) {{ }} // {Shortened(statement.Error)}"));

    private static string WithoutVariable(string text) =>
        text.StartsWith("var ", StringComparison.Ordinal) ? "_ =" + text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..] : text.Replace(" // check", "", StringComparison.Ordinal);

    private static string Shortened(string text) => text.Length > 160 ? text[..160] + "…" : text;
}

/// <summary>A failing sequence.</summary>
/// <param name="Kind">The signal or the kind of fault.</param>
/// <param name="Details">What is known of the reason.</param>
/// <param name="Sequence">The record up to the failure.</param>
internal sealed record Failure(string Kind, string Details, JournalSequence Sequence)
{
    public bool IsDeath => Kind is "SIGSEGV" or "SIGABRT" or "SIGFPE" or "SIGBUS";

    public string LastOperation => Sequence.Steps is [.., var last] ? last.Operation : "none";

    /// <summary>Returns whether another failure seems to have the same cause.</summary>
    public bool Resembles(Failure other) => Kind == other.Kind || (IsDeath && other.IsDeath);
}
