using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Logs each tenth of a sealing.</summary>
internal sealed class SealingProgress(ILogger logger, string property, string collection, long count) : IProgress<long>
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _tenth;

    public void Report(long value)
    {
        var tenth = value * 10 / count;
        if (tenth > _tenth)
        {
            _tenth = tenth;
            logger.SealingProgress(property, collection, value, count, Stopwatch.GetElapsedTime(_start).TotalSeconds);
        }
    }
}
