using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers health checks of indexes.</summary>
public static class FaissHealthChecksBuilderExtensions
{
    /// <summary>Registers a check that reports the loaded FAISS library (version, file, SIMD level) and an index (class, dimension, metric, number of vectors).</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The name of the index, which is the name of the check.</param>
    /// <param name="failureStatus">The status if the library or the index cannot be loaded; <see cref="HealthStatus.Unhealthy"/> by default. An index that is not trained is <see cref="HealthStatus.Degraded"/>.</param>
    /// <param name="tags">The tags of the check.</param>
    /// <returns>The health checks.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static IHealthChecksBuilder AddFaissIndex(this IHealthChecksBuilder builder, string name, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return builder.Add(new HealthCheckRegistration(name, provider => new FaissIndexHealthCheck(provider, name), failureStatus, tags));
    }
}
