using System.Diagnostics;

namespace FaissSdk.Orleans;

/// <summary>Calls the replicas of a shard: one first, another when it is slow or fails, and all again while the shard may come back.</summary>
internal sealed class ReplicaCalls(IGrainFactory grains, Latencies latencies, FaissSiloOptions options, CollectionManifest manifest, SearchRequest request)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    // Used while the durations of too few calls are known, such as on a silo that has just started.
    private static readonly TimeSpan FirstHedgeDelay = TimeSpan.FromMilliseconds(250);
    private static int _turn;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly int _first = Interlocked.Increment(ref _turn) & int.MaxValue;

    private KeyValuePair<string, object?> Tag => ShardMetrics.Tag(manifest.Name);

    private TimeSpan Left => request.Options.Timeout - Stopwatch.GetElapsedTime(_start);

    /// <summary>Returns the answer of the first replica that has one.</summary>
    public async Task<SearchResult> SearchAsync(int shard, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<SearchResult>>();
        try
        {
            while (true)
            {
                try
                {
                    return await RoundAsync(shard, running, ended.Token);
                }
                catch (Exception error) when (Transient.Is(error) && Left > Pause)
                {
                    await Task.Delay(Pause, cancellationToken);
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
            running.ForEach(Transient.Observe);
        }
    }

    private async Task<SearchResult> RoundAsync(int shard, List<Task<SearchResult>> running, CancellationToken cancellationToken)
    {
        Exception? last = null;
        for (var attempt = 0; attempt < manifest.Replicas || running.Count > 0;)
        {
            if (attempt < manifest.Replicas)
            {
                if (running.Count > 0)
                {
                    ShardMetrics.Hedged.Add(1, Tag);
                }

                running.Add(CallAsync(shard, (_first + attempt++) % manifest.Replicas, cancellationToken));
            }

            var left = Left;
            if (left <= TimeSpan.Zero)
            {
                throw last ?? new TimeoutException($"No replica answered in {request.Options.Timeout}.");
            }

            var wait = attempt < manifest.Replicas ? Min(HedgeDelay(), left) : left;
            var any = Task.WhenAny(running);
            if (await Task.WhenAny(any, Task.Delay(wait, cancellationToken)) != any)
            {
                // The delay ends at once when the search is canceled, and would do so for ever on the scheduler that the calls need to end.
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }

            var done = await any;
            running.Remove(done);
            if (done.IsCompletedSuccessfully)
            {
                return await done;
            }

            last = done.Exception?.InnerException ?? new OperationCanceledException(cancellationToken);
            ShardMetrics.Failed.Add(1, Tag);
        }

        throw last ?? new TimeoutException($"No replica answered in {request.Options.Timeout}.");
    }

    private async Task<SearchResult> CallAsync(int shard, int replica, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var key = new ShardKey(manifest.FaissVersion, replica, manifest.Replicas, manifest.Shards[shard].Name);
        var answer = await grains.GetGrain<IIndexShard>(key.ToString()).Search(request, cancellationToken);
        latencies.Add(manifest.Name, request.Queries.Count, Stopwatch.GetElapsedTime(start));
        return answer.ToResult();
    }

    private TimeSpan HedgeDelay()
    {
        if (options.HedgePercentile >= 1)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var percentile = latencies.Percentile(manifest.Name, request.Queries.Count, options.HedgePercentile) ?? FirstHedgeDelay;
        return percentile > options.MinHedgeDelay ? percentile : options.MinHedgeDelay;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left == Timeout.InfiniteTimeSpan || left > right ? right : left;
}
