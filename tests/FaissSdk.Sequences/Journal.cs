using System.Text;

namespace FaissSdk.Sequences;

/// <summary>Writes what a child does before it does it, for the case that the process ends.</summary>
internal sealed class Journal(string path) : IDisposable
{
    public const char Separator = '\u001f';

    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public void Begin(long seed) => Write('B', seed.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Records a step: its number, operation and choices.</summary>
    public void Step(int number, string operation, IEnumerable<string> choices) => Write('S', string.Join(Separator, [$"{number}", operation, .. choices]));

    public void Call(string statement) => Write('C', statement);

    public void Threw(Exception exception) => Write('X', $"{exception.GetType().Name}: {exception.Message}");

    public void Fails(string kind, string details) => Write('F', $"{kind}{Separator}{details}");

    public void End(int steps) => Write('E', steps.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public void Dispose() => _file.Dispose();

    private void Write(char type, string text) => _file.Write(Encoding.UTF8.GetBytes($"{type}{text.ReplaceLineEndings(" ")}\n"));
}
