using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace FaissSdk.Orleans;

/// <summary>Reports the FAISS library of a silo, its store, its shards and its queue.</summary>
internal sealed class FaissSiloHealthCheck(ShardFiles files, NativeGate gate, IOptions<FaissSiloOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (library, pending) = (options.Value.Library, gate.Pending);
        var data = new Dictionary<string, object> { ["faiss.version"] = library.Version, ["faiss.shards"] = ShardMetrics.LoadedShards, ["faiss.calls.pending"] = pending };
        if (library.Failure is not null)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The FAISS library is not loaded: {library.Failure}", data: data);
        }

        try
        {
            await files.Store.ListAsync("collections/health-", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The store cannot be read: {error.Message}", error, data);
        }

        return gate.IsFull
            ? HealthCheckResult.Degraded($"The silo refuses calls: {pending} are under way and waiting.", data: data)
            : HealthCheckResult.Healthy($"FAISS {library.Version}, {ShardMetrics.LoadedShards} shards, {pending} native calls.", data);
    }
}
