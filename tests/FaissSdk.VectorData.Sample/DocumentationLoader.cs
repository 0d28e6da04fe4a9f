using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Sample;

/// <summary>Fills the store while the service already answers.</summary>
internal sealed class DocumentationLoader(VectorStoreCollection<string, Member> members, IConfiguration configuration, ILogger<DocumentationLoader> log) : BackgroundService
{
    private const int BatchSize = 1000;

    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool IsComplete { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The option members limits their number; there are about 60,000.
        var limit = configuration.GetValue("members", int.MaxValue);
        await members.EnsureCollectionExistsAsync(stoppingToken);
        foreach (var batch in Documentation.Read().DistinctBy(member => member.Id).Take(limit).Chunk(BatchSize))
        {
            // A store that was filled before is left alone: only what it lacks is added.
            var known = await members.GetAsync(batch.Select(member => member.Id), cancellationToken: stoppingToken).Select(member => member.Id).ToHashSetAsync(cancellationToken: stoppingToken);
            await members.UpsertAsync(batch.Where(member => !known.Contains(member.Id)), stoppingToken);
            Interlocked.Add(ref _count, batch.Length);
        }

        IsComplete = true;
        if (log.IsEnabled(LogLevel.Information))
        {
            log.LogInformation("The store has {Count} members", Count);
        }
    }
}
