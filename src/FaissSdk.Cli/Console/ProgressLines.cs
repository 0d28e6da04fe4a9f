using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Writes the progress of long work to the standard error, a line every few seconds.</summary>
internal sealed class ProgressLines(CommandConsole console, string verb, long total, string noun) : IProgress<long>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public void Report(long value)
    {
        if (_clock.Elapsed < Pause)
        {
            return;
        }

        _clock.Restart();
        console.WriteProgress(string.Create(CultureInfo.InvariantCulture, $"{verb} {value:N0} of {total:N0} {noun}"));
    }
}
