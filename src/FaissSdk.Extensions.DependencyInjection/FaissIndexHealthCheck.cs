using FaissSdk;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reports the FAISS library and an index.</summary>
internal sealed class FaissIndexHealthCheck(IServiceProvider provider, string name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(context.Registration.FailureStatus));

    private HealthCheckResult Check(HealthStatus failure)
    {
        var library = FaissLibrary.Info;
        var data = new Dictionary<string, object> { ["faiss.version"] = library.Version, ["faiss.path"] = library.Path };
        Report(data, "faiss.simd", library.SimdLevel);
        Report(data, "faiss.blas", library.Blas);
        Report(data, "faiss.openmp", library.OpenMP);
        if (!library.IsLoaded)
        {
            return new HealthCheckResult(failure, $"The FAISS library is not loaded: {FaissLibrary.Failure}", data: data);
        }

        try
        {
            var index = provider.GetRequiredKeyedService<FaissIndex>(name);
            var (type, count, trained) = (index.GetType().Name, index.Count, index.IsTrained);
            data["index.type"] = type;
            data["index.dimension"] = index.Dimension;
            data["index.metric"] = index.Metric.ToString();
            data["index.count"] = count;
            data["index.trained"] = trained;
            return trained
                ? HealthCheckResult.Healthy($"{type} of {count} vectors, FAISS {library.Version}.", data)
                : HealthCheckResult.Degraded($"The index '{name}' ({type}) is not trained; train it before vectors are added.", data: data);
        }
        // The check reports whatever prevents the index from being loaded.
#pragma warning disable CA1031
        catch (Exception error)
        {
            return new HealthCheckResult(failure, $"The index '{name}' is not available: {error.Message}", error, data);
        }
#pragma warning restore CA1031
    }

    private static void Report(Dictionary<string, object> data, string key, string? value)
    {
        if (value is not null)
        {
            data[key] = value;
        }
    }
}
