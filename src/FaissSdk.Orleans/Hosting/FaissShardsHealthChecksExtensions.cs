using FaissSdk.Orleans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orleans.Hosting;

/// <summary>Registers the health check of a silo that holds shards.</summary>
public static class FaissShardsHealthChecksExtensions
{
    /// <summary>Registers a check that reports the FAISS library, the store, the loaded shards and the queue of native calls. It is degraded while calls are refused.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">The status if the library is not loaded or the store cannot be read; <see cref="HealthStatus.Unhealthy"/> by default.</param>
    /// <param name="tags">The tags of the check.</param>
    /// <returns>The health checks.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static IHealthChecksBuilder AddFaissShards(this IHealthChecksBuilder builder, string name = "faiss-shards", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return builder.Add(new HealthCheckRegistration(name, provider => ActivatorUtilities.CreateInstance<FaissSiloHealthCheck>(provider), failureStatus, tags));
    }
}
