using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

[assembly: AssemblyFixture(typeof(FaissSdk.Orleans.Tests.TestCluster))]

namespace FaissSdk.Orleans.Tests;

/// <summary>Three silos in this process over one folder, shared by all tests that kill none of them.</summary>
public sealed class TestCluster : IAsyncLifetime
{
    private readonly bool _ownsStore;
    private InProcessTestCluster? _cluster;

    public TestCluster()
        : this(null)
    {
    }

    private TestCluster(TestStore? store) => (Store, _ownsStore) = (store ?? new TestStore(), store is null);

    public TestStore Store { get; }

    public InProcessTestCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster is not started.");

    public FaissCluster Faiss => field ??= new FaissCluster(Cluster.Client);

    public static async Task<TestCluster> StartAsync(Action<FaissSiloOptions, int>? configure = null, Action<ISiloBuilder, int>? silo = null, short silos = 3, TestStore? store = null)
    {
        var cluster = new TestCluster(store);
        await cluster.StartAsync(silos, configure, silo);
        return cluster;
    }

    public ValueTask InitializeAsync() => new(StartAsync(3, null, null));

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.StopAllSilosAsync();
            await _cluster.DisposeAsync();
        }

        if (_ownsStore)
        {
            Store.Dispose();
        }
    }

    /// <summary>Ends a silo without notice to the others, as the end of its process would.</summary>
    public async Task KillAsync(InProcessSiloHandle silo)
    {
        try
        {
            await Cluster.KillSiloAsync(silo);
        }
        catch (OperationCanceledException)
        {
            // Killing a silo cancels what it is doing.
        }
    }

    private async Task StartAsync(short silos, Action<FaissSiloOptions, int>? configure, Action<ISiloBuilder, int>? configureSilo)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        var number = 0;
        builder.ConfigureSilo((_, silo) =>
        {
            var own = Interlocked.Increment(ref number);
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromMilliseconds(300);
                options.NumMissedProbesLimit = 2;
                options.NumVotesForDeathDeclaration = 1;
                options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
            });
            silo.AddFaissShards(options =>
            {
                options.Store = Store;
                options.MaxStaleness = TimeSpan.FromMilliseconds(100);
                configure?.Invoke(options, own);
            });
            silo.Services.AddHealthChecks().AddFaissShards();
            configureSilo?.Invoke(silo, own);
        });
        builder.ConfigureClient(client => client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1)));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }
}
