using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;

namespace FaissSdk.Orleans;

/// <summary>Holds one replica of a sealed shard.</summary>
[ShardPlacement]
[Reentrant]
[KeepAlive]
internal sealed class IndexShardGrain(ShardFiles files, NativeGate gate, ManifestCache manifests, SiloChoice choice, IOptions<FaissSiloOptions> options, ILocalSiloDetails silo) : Grain, IIndexShard
{
    private Task<LoadedIndex>? _loading;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // It is kept however long nobody searches it, and a search of an old version may activate it after Retirement.
        this.RegisterGrainTimer(LeaveIfReplacedAsync, new GrainTimerCreationOptions(options.Value.ReplacementPeriod, options.Value.ReplacementPeriod) { Interleave = true });
        return Task.CompletedTask;
    }

    public async Task<SearchAnswer> Search(SearchRequest request, CancellationToken cancellationToken)
    {
        if (request.Protocol is < 1 or > SearchRequest.CurrentProtocol)
        {
            throw new ShardVersionException($"The request has version {request.Protocol} of the messages, but this silo ({silo.Name}) reads 1 to {SearchRequest.CurrentProtocol}. Install the FaissSdk.Orleans of the callers on all silos first.");
        }

        var loaded = await LoadAsync();
        if (request.Queries.Dimension != loaded.Index.Dimension)
        {
            throw new ArgumentException($"queries has vectors of {request.Queries.Dimension} components, but the collection has {loaded.Index.Dimension}; use the model that its vectors were made with.", nameof(request));
        }

        return await gate.RunAsync(() => SearchAnswer.Of(ShardSearch.Run(loaded.Index, request)), cancellationToken);
    }

    public async Task<string> Load(CancellationToken cancellationToken)
    {
        await LoadAsync();
        return silo.Name;
    }

    public async Task<SiloAddress?> Leave(CancellationToken cancellationToken)
    {
        await choice.RefreshAsync(cancellationToken);
        var chosen = choice.Choose(ShardKey.Parse(this.GetPrimaryKeyString()));
        if (chosen.Equals(silo.SiloAddress))
        {
            return null;
        }

        // Searches are still served here until the shard has moved; nothing else places it meanwhile.
        RequestContext.Set(IPlacementDirector.PlacementHintKey, chosen);
        MigrateOnIdle();
        return chosen;
    }

    public Task Retire()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_loading is { IsCompletedSuccessfully: true })
        {
            (await _loading).Dispose();
        }
    }

    private async Task LeaveIfReplacedAsync(CancellationToken cancellationToken)
    {
        if (await manifests.HasReplacedAsync(ShardKey.Parse(this.GetPrimaryKeyString()).File, cancellationToken))
        {
            DeactivateOnIdle();
        }
    }

    // Not in OnActivateAsync, whose exceptions reach callers as rejections of their messages.
    private async Task<LoadedIndex> LoadAsync()
    {
        var loading = _loading ??= LoadOnceAsync();
        try
        {
            return await loading;
        }
        catch
        {
            _loading = null;
            // The next attempt is made by a new activation, perhaps on another silo.
            DeactivateOnIdle();
            throw;
        }
    }

    private Task<LoadedIndex> LoadOnceAsync() => StoreErrors.Name(async () =>
    {
        var key = ShardKey.Parse(this.GetPrimaryKeyString());
        options.Value.Library.Require(key.FaissVersion, silo.Name);
        var file = await manifests.FindFileAsync(key.File, CancellationToken.None);
        return new LoadedIndex(await files.LoadIndexAsync(file, map: true, options.Value.VerifyChecksums, CancellationToken.None), file.Length);
    });

    /// <summary>Counts an index while it is loaded.</summary>
    private sealed class LoadedIndex : IDisposable
    {
        private readonly long _length;

        public LoadedIndex(FaissIndex index, long length)
        {
            (Index, _length) = (index, length);
            ShardMetrics.CountLoaded(1, length);
        }

        public FaissIndex Index { get; }

        public void Dispose()
        {
            ShardMetrics.CountLoaded(-1, -_length);
            Index.Dispose();
        }
    }
}
