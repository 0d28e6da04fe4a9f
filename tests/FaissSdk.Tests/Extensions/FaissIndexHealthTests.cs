using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FaissSdk.Tests.Extensions;

/// <summary>What the health check of an index reports.</summary>
public sealed class FaissIndexHealthTests
{
    [Fact]
    public async Task A_loaded_index_is_healthy_and_described()
    {
        Native.Require();
        var report = await Report(services => services.AddFaissIndex("a", 4, "Flat"));
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal($"IndexFlatL2 of 0 vectors, FAISS {FaissLibrary.Info.Version}.", report.Description);
        Assert.Equal((FaissLibrary.Info.Version, FaissLibrary.Info.Path), (report.Data["faiss.version"], report.Data["faiss.path"]));
        Assert.Equal(("IndexFlatL2", 4, "L2", 0L), (report.Data["index.type"], report.Data["index.dimension"], report.Data["index.metric"], report.Data["index.count"]));
    }

    [Fact]
    public async Task An_index_that_is_not_trained_is_degraded()
    {
        Native.Require();
        var report = await Report(services => services.AddFaissIndex("a", 4, "IVF2,Flat"));
        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Equal("The index 'a' (IndexIVFFlat) is not trained; train it before vectors are added.", report.Description);
    }

    [Fact]
    public async Task A_missing_file_is_unhealthy()
    {
        Native.Require();
        var report = await Report(services => services.AddFaissIndex("a", "absent.faiss"));
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.StartsWith("The index 'a' is not available: ", report.Description);
        Assert.IsType<FileNotFoundException>(report.Exception);
        Assert.Equal(FaissLibrary.Info.Version, report.Data["faiss.version"]);
    }

    [Fact]
    public async Task Without_a_library_the_reason_is_reported()
    {
        Assert.SkipWhen(FaissLibrary.Info.IsLoaded, "A library is loaded.");
        var report = await Report(services => services.AddFaissIndex("a", 4, "Flat"));
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.StartsWith("The FAISS library is not loaded: ", report.Description);
    }

    [Fact]
    public async Task The_status_of_a_failure_is_chosen_by_the_caller()
    {
        var report = await Report(services => services.AddFaissIndex("a", "absent.faiss"), HealthStatus.Degraded);
        Assert.Equal(HealthStatus.Degraded, report.Status);
    }

    private static async Task<HealthReportEntry> Report(Action<IServiceCollection> register, HealthStatus? failure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        register(services);
        services.AddHealthChecks().AddFaissIndex("a", failure);
        await using var provider = services.BuildServiceProvider();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return report.Entries["a"];
    }
}
