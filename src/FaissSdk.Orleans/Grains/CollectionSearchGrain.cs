using System.Diagnostics;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FaissSdk.Orleans;

/// <summary>Scatters searches of a collection to its shards, and merges what they find; one worker for each key of a silo, for the reason of <see cref="ShardRelayGrain"/>.</summary>
[StatelessWorker(1)]
[Reentrant]
internal sealed class CollectionSearchGrain(ManifestCache manifests, Latencies latencies, NativeGate gate, IGrainFactory grains, IOptions<FaissSiloOptions> options) : Grain, ICollectionSearch
{
    public async Task<SearchAnswer> Search(SearchRequest request, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var collection = SearchKey.CollectionOf(this.GetPrimaryKeyString());
        var manifest = await StoreErrors.Name(() => manifests.GetAsync(collection, request.MinVersion, cancellationToken));
        Check(manifest, request);
        var call = new ReplicaCalls(grains, latencies, options.Value, manifest, request);
        var calls = Enumerable.Range(0, manifest.Shards.Length).Where(shard => manifest.Shards[shard].Count > 0).Select(shard => CallAsync(call, shard, cancellationToken)).ToArray();
        var answers = await Task.WhenAll(calls);
        MissingShard[] missing = [.. answers.Where(answer => answer.Missing is not null).Select(answer => answer.Missing!)];
        if (missing.Length > 0 && !request.Options.AllowPartial)
        {
            throw answers.Select(answer => answer.Error).FirstOrDefault(error => error is ArgumentException or NotSupportedException or ShardException and not ShardUnavailableException)
                ?? new ShardUnavailableException($"{missing.Length} of {manifest.Shards.Length} shards of '{collection}' did not answer in {request.Options.Timeout}: {string.Join("; ", missing.Select(shard => $"shard {shard.Shard}: {shard.Reason}"))} Repeat the search, or set {nameof(ShardedSearchOptions.AllowPartial)} for an answer without them.");
        }

        SearchResult[] results = [.. answers.Where(answer => answer.Result is not null).Select(answer => answer.Result!)];
        var merged = await MergeAsync(results, manifest.Metric, request, cancellationToken);
        ShardMetrics.Duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, ShardMetrics.Tag(collection));
        if (missing.Length > 0)
        {
            ShardMetrics.Partial.Add(1, ShardMetrics.Tag(collection));
        }

        return SearchAnswer.Of(merged) with { Missing = missing, Version = manifest.Version };
    }

    private static void Check(CollectionManifest manifest, SearchRequest request)
    {
        if (!manifest.IsSealed)
        {
            throw new CollectionConflictException($"The collection '{manifest.Name}' is not sealed; call SealAsync after the last addition, then search.");
        }

        if (request.Queries.Dimension != manifest.Dimension)
        {
            throw new ArgumentException($"queries has vectors of {request.Queries.Dimension} components, but the collection '{manifest.Name}' has {manifest.Dimension}; use the model that its vectors were made with.", nameof(request));
        }
    }

    private static async Task<(SearchResult? Result, MissingShard? Missing, Exception? Error)> CallAsync(ReplicaCalls calls, int shard, CancellationToken cancellationToken)
    {
        try
        {
            return (await calls.SearchAsync(shard, cancellationToken), null, null);
        }
        // Any exception that keeps a shard from answering is reported with the number of the shard.
#pragma warning disable CA1031
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, new MissingShard(shard, error.Message), error);
        }
#pragma warning restore CA1031
    }

    private Task<SearchResult> MergeAsync(SearchResult[] results, MetricType metric, SearchRequest request, CancellationToken cancellationToken)
    {
        SearchResult Merge() => SearchResult.Merge(results.Length > 0 ? results : [Empty(request)], metric, request.K);
        // Large merges take as long as searches, so they wait in the same queue.
        return (long)request.Queries.Count * request.K * results.Length > 10_000 ? gate.RunAsync(Merge, cancellationToken) : Task.FromResult(Merge());
    }

    private static SearchResult Empty(SearchRequest request)
    {
        var ids = new long[request.Queries.Count];
        Array.Fill(ids, -1);
        return SearchResult.Create(1, new float[ids.Length], ids);
    }
}
